import { computed, type ComputedRef } from "vue"
import { useLoad } from "../studio/use-load"
import { useMessages } from "../studio/use-messages"
import { useNames } from "../studio/use-names"
import type { ShownKind } from "../sync-endpoint/connection"

interface Choice {
  text: string
  value: string
}

export interface Kinds {
  all: ComputedRef<ShownKind[]>
  /** For a filter: all kinds first. */
  choices: ComputedRef<Choice[]>
  nameOf(kind: string): string
  /** The page of an item; `null` when its kind is not mapped. */
  pageOf(kind: string, item: string): string | null
}

/** The kinds of the mapping, as the Studio calls their collections. */
export function useKinds(): Kinds {
  const { t } = useMessages()
  const names = useNames()
  const { data } = useLoad(async (api) => (await api.get<{ data: ShownKind[] }>("/medusa-sync/mapping")).data.data)
  const all = computed(() => data.value ?? [])
  const collectionOf = (kind: string) => all.value.find((each) => each.kind === kind)?.collection
  const nameOf = (kind: string): string => {
    const collection = collectionOf(kind)
    return collection === undefined ? kind : names.collection(collection)
  }
  return {
    all,
    nameOf,
    choices: computed(() => [
      { text: t("all_kinds"), value: "" },
      ...all.value.map(({ kind }) => ({ text: nameOf(kind), value: kind })),
    ]),
    pageOf(kind, item) {
      const collection = collectionOf(kind)
      return collection === undefined ? null : `/content/${collection}/${encodeURIComponent(item)}`
    },
  }
}
