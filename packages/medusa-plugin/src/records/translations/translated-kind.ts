import type { EntityDefinition } from "medusa-directus-core/host"
import type { Change, Patch, RecordKind } from "../record-kind"
import { mapOf, selectTexts, TRANSLATIONS, translatedTexts, translatesOf, type StoredTexts } from "./translated-texts"
import { writeTranslations, type TextChanges } from "./write-translations"

/** A kind with the translations of its records, where the mapping lets them travel: Medusa keeps them in a module of their own. */
export function translatedKind(kind: RecordKind, entity: EntityDefinition): RecordKind {
  const translates = translatesOf(entity)
  if (!translates) return kind
  const texts = translatedTexts(kind.table, entity, translates)
  return {
    ...kind,
    select: (state) => `select r.*, (${selectTexts(texts, state)}) as ${TRANSLATIONS} from (${kind.select(state)}) r`,
    shape(row) {
      const stored = row[TRANSLATIONS] as StoredTexts[] | null
      const whole = { ...row, [TRANSLATIONS]: mapOf(texts, stored ?? []) }
      return kind.shape ? kind.shape(whole) : whole
    },
    async create(tools, records) {
      const ids = await kind.create(tools, records.map(untranslated))
      const given = records.map((record, i): [string, unknown] => [ids[i] ?? "", record[TRANSLATIONS]])
      await writeTranslations(tools, kind.table, texts, changesOf(given))
      return ids
    },
    async update(tools, changes) {
      const others = changes.map((change): Change => ({ ...untranslated(change), id: change.id }))
      const told = others.filter((change) => Object.keys(change).length > 1)
      if (told.length > 0) await kind.update(tools, told)
      const given = changes.map((change): [string, unknown] => [change.id, change[TRANSLATIONS]])
      await writeTranslations(tools, kind.table, texts, changesOf(given))
    },
  }
}

function untranslated({ [TRANSLATIONS]: _, ...record }: Patch): Patch {
  return record
}

const changesOf = (given: [id: string, texts: unknown][]): Map<string, TextChanges> =>
  new Map(given.filter((pair): pair is [string, TextChanges] => pair[1] !== undefined))
