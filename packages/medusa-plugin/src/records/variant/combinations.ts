import { notUnique, type DocumentWrite, type EntityDefinition, type TakenValue } from "medusa-directus-core/host"
import type { KindTools } from "../record-kind"
import { patchOf } from "../record-patches"
import { query } from "../../database/sql"
import { chosenOf, type Chosen } from "./chosen"

const COLUMN = "options"

const keyOf = ({ productId, options }: Omit<Chosen, "id">): string =>
  JSON.stringify([productId, Object.entries(options).sort()])

const heldBy = (holder: string): string => `another variant (${holder})`

/** What the variants in use of these products have of the options. */
const readCombinations = ({ sql }: Pick<KindTools, "sql">, productIds: string[]): Promise<Chosen[]> =>
  query<Chosen>(
    sql,
    `select r.id, r.product_id as "productId", jsonb_object_agg(o.title, v.value) as options from product_variant r
     join product_variant_option l on l.variant_id = r.id
     join product_option_value v on v.id = l.option_value_id and v.deleted_at is null
     join product_option o on o.id = v.option_id and o.deleted_at is null
     where r.product_id = any(?) and r.deleted_at is null group by 1, 2`,
    [productIds],
  )

/** Of each write, the combination of option values that another variant of its product has: Medusa lets one have it. */
export async function findTakenCombinations(
  tools: Pick<KindTools, "sql">,
  entity: EntityDefinition,
  writes: DocumentWrite[],
): Promise<TakenValue[][]> {
  const field = [...entity.fields.values()].find(({ medusa }) => medusa === COLUMN)?.name
  const within = entity.parent
  if (field === undefined || within === null) return writes.map(() => [])
  const wanted = writes.map((write) => wantedBy(entity, within, write))
  const productIds = [...new Set(wanted.flatMap((each) => each?.productId ?? []))]
  const present = productIds.length === 0 ? [] : await readCombinations(tools, productIds)
  const holders = new Map(present.map((each) => [keyOf(each), each.id]))
  return writes.map(({ localId }, i): TakenValue[] => {
    const each = wanted[i]
    const holder = each ? holders.get(keyOf(each)) : undefined
    return holder === undefined || holder === localId
      ? []
      : [{ field, within, holder, column: COLUMN, by: heldBy(holder) }]
  })
}

/** `null`: it says nothing of options. */
function wantedBy(entity: EntityDefinition, within: string, write: DocumentWrite): Omit<Chosen, "id"> | null {
  if (write.kind === "remove") return null
  const current = write.kind === "update" ? write.current : {}
  const patch = patchOf(entity, write.fields, current)
  const productId = write.fields[within] ?? current[within]
  if (!(COLUMN in patch) || typeof productId !== "string") return null
  return { productId, options: chosenOf(patch[COLUMN]) }
}

/**
 * Makes way for combinations that change places in one batch: Medusa looks at each variant by what is stored of the others,
 * so that whoever has what another one of the batch gets has nothing meanwhile.
 *
 * @param wanted - what the variants are to have, each of all options of its product.
 * @throws SyncError `not_unique` when a variant keeps what another one wants, or two want the same.
 */
export async function makeWay(tools: Pick<KindTools, "sql">, wanted: Chosen[]): Promise<void> {
  const present = await readCombinations(tools, [...new Set(wanted.map(({ productId }) => productId))])
  const ids = new Set(wanted.map(({ id }) => id))
  const holders = new Map(present.flatMap((each) => (ids.has(each.id) ? [] : [[keyOf(each), each.id] as const])))
  for (const each of wanted) {
    const holder = holders.get(keyOf(each))
    if (holder !== undefined) throw notUnique(COLUMN, heldBy(holder))
    holders.set(keyOf(each), each.id)
  }
  const giving = present.flatMap((each) => {
    const taker = ids.has(each.id) ? holders.get(keyOf(each)) : undefined
    return taker === undefined || taker === each.id ? [] : each.id
  })
  if (giving.length > 0)
    await query(tools.sql, "delete from product_variant_option where variant_id = any(?)", [giving])
}
