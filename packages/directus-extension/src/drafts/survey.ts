import type { Document, DraftBase, Link } from "medusa-directus-core/host"
import { makeLinkStore } from "../ports/link-store"
import { readRows } from "../items/read-rows"
import type { StoredKind } from "../items/stored-kinds"
import { recordName } from "./base-store"
import type { Draft, Drafted, DraftReader } from "./drafted"

/** A record that a draft is about, as it is now. */
export interface Surveyed {
  kind: StoredKind
  localId: string
  link: Link | null
  held: Document
}

/** The records of a draft, by their names. */
export async function survey(reader: DraftReader, draft: Draft): Promise<Map<string, Surveyed>> {
  const ids = new Map<StoredKind, Set<string>>()
  for (const { kind, localId } of [...draft.fields, ...draft.deletions])
    ids.set(kind, (ids.get(kind) ?? new Set()).add(localId))
  const found = new Map<string, Surveyed>()
  for (const [kind, of] of ids) {
    const localIds = [...of]
    const { name } = kind.entity
    const links = await makeLinkStore(reader.knex, reader.dialect).find(name, localIds)
    const documents = await readRows(reader, kind, localIds)
    for (const localId of localIds) {
      const link = links.find((each) => each.localId === localId) ?? null
      found.set(recordName(name, localId), { kind, localId, link, held: documents.get(localId) ?? {} })
    }
  }
  return found
}

/** The fields that a place of a draft says something of, with those that it says nothing of because they are to go. */
export function fieldsOf(
  { values, holds }: Pick<Drafted, "values" | "holds">,
  { link, held }: Surveyed,
  bases: ReadonlyMap<string, DraftBase> | undefined,
): string[] {
  const there = holds ? [...Object.keys(held), ...Object.keys(link?.fields ?? {}), ...(bases?.keys() ?? [])] : []
  return [...new Set([...Object.keys(values), ...there.filter((name) => holds?.(name))])]
}
