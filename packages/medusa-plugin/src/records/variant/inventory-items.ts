import { generateEntityId, InventoryItemWorkflowEvents, Modules } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"
import { linkModules } from "../module-links"
import type { Change, KindTools, Patch } from "../record-kind"
import { query } from "../../database/sql"

/** What createProductVariantsWorkflow makes of a variant whose stock is counted (createDefaultInventoryItem of 2.21). */
function itemOf({ sku, title, origin_country, mid_code, hs_code, material, ...variant }: Patch): Change {
  // The columns of an item take whole numbers, those of a variant do not.
  const whole = (value: unknown): number | undefined => (typeof value === "number" ? Math.round(value) : undefined)
  const { weight, length, height, width } = variant
  return {
    id: generateEntityId(undefined, "iitem"),
    ...{ sku, title, description: title, origin_country, mid_code, hs_code, material, requires_shipping: true },
    ...{ weight: whole(weight), length: whole(length), height: whole(height), width: whole(width) },
  }
}

/** Gives each new variant whose stock is counted an inventory item: one of its own, or the one that holds its SKU and is free. */
export async function addInventoryItems(tools: KindTools, variants: Change[]): Promise<void> {
  const managed = variants.filter((variant) => variant.manage_inventory === true)
  if (managed.length === 0) return
  const { sql, calls, modules } = tools
  const skus = managed.flatMap(({ sku }) => (typeof sku === "string" ? sku : []))
  const known = await query<{ id: string; sku: string; variant_id: string | null }>(
    sql,
    `select i.id, i.sku, l.variant_id from inventory_item i
     left join product_variant_inventory_item l on l.inventory_item_id = i.id and l.deleted_at is null
     where i.sku = any(?) and i.deleted_at is null`,
    [skus],
  )
  const taken = known.find((item) => item.variant_id !== null)
  if (taken)
    throw new SyncError(
      "not_unique",
      `sku is that of an inventory item (${taken.id}) which another variant (${taken.variant_id ?? ""}) sells. Change the sku of one of them.`,
    )
  const free = new Map(known.map((item) => [item.sku, item.id]))
  const pairs: [string, string][] = []
  const items: Change[] = []
  for (const variant of managed) {
    const existing = free.get(String(variant.sku))
    const item = existing === undefined ? itemOf(variant) : null
    if (item) items.push(item)
    pairs.push([variant.id, existing ?? item?.id ?? ""])
  }
  if (items.length > 0) {
    await calls.run(modules.inventory, (inventory, context) =>
      inventory.createInventoryItems(items as never[], context),
    )
    calls.announce(
      InventoryItemWorkflowEvents.CREATED,
      items.map(({ id }) => id),
    )
  }
  await linkModules(tools, [Modules.PRODUCT, "variant_id", Modules.INVENTORY, "inventory_item_id"], pairs)
}
