import type { LeasedImage } from "./image-store"
import { readRows, type Reader } from "../items/read-rows"
import type { StoredKind } from "../items/stored-kinds"
import { TABLES } from "../database/tables"

/** What the copy is called in the library: as the product that shows it; `null` when none says. */
export async function imageTitle(reader: Reader, { key }: LeasedImage): Promise<string | null> {
  const use = await reader
    .knex(TABLES.imageUse)
    .where({ address_key: key })
    .orderBy("id")
    .first<{ entity: string; local_id: string } | undefined>("entity", "local_id")
  return use ? titleOf(reader, reader.kinds.find(use.entity), use.local_id) : null
}

/** The title of the whole goes before that of the part. */
async function titleOf(reader: Reader, kind: StoredKind | null, localId: string): Promise<string | null> {
  const document = kind && (await readRows(reader, kind, [localId])).get(localId)
  if (!kind || !document) return null
  const above = reader.kinds.wholeOf(kind.entity.name)
  const whole = document[kind.entity.parent ?? ""]
  const title = above && typeof whole === "string" ? await titleOf(reader, above.whole, whole) : document["title"]
  return typeof title === "string" ? title : null
}
