import { generateEntityId } from "@medusajs/framework/utils"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"

const urlsOf = (images: unknown): string[] => (Array.isArray(images) ? images.map(String) : [])

/**
 * Assigns to variants those images of their products that have these addresses; an address that none has is left out. By
 * SQL: removeImageFromVariant looks for the rows outside of our transaction (2.21.2).
 */
export async function assignImages({ sql }: Pick<KindTools, "sql">, wanted: Map<string, unknown>): Promise<void> {
  if (wanted.size === 0) return
  const pairs = [...wanted].flatMap(([variant, images]) => urlsOf(images).map((url) => ({ variant, url })))
  const found = await query<{ variant_id: string; image_id: string; assigned: string | null }>(
    sql,
    `select v.id as variant_id, i.id as image_id, l.id as assigned
     from jsonb_to_recordset(?::jsonb) as w(variant text, url text)
     join product_variant v on v.id = w.variant
     join image i on i.product_id = v.product_id and i.url = w.url and i.deleted_at is null
     left join product_variant_product_image l on l.variant_id = v.id and l.image_id = i.id and l.deleted_at is null`,
    [JSON.stringify(pairs)],
  )
  // As Medusa does, whose rows of this table are deleted for good.
  await query(
    sql,
    `delete from product_variant_product_image where variant_id = any(?) and deleted_at is null and not id = any(?)`,
    [[...wanted.keys()], found.flatMap(({ assigned }) => assigned ?? [])],
  )
  const rows = found
    .filter(({ assigned }) => assigned === null)
    .map(({ variant_id, image_id }) => ({ id: generateEntityId(undefined, "pvpi"), variant_id, image_id }))
  if (rows.length === 0) return
  await query(
    sql,
    `insert into product_variant_product_image (id, variant_id, image_id)
     select id, variant_id, image_id from jsonb_to_recordset(?::jsonb) as r(id text, variant_id text, image_id text)`,
    [JSON.stringify(rows)],
  )
}
