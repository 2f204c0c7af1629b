import { ProductWorkflowEvents } from "@medusajs/framework/utils"
import type { RecordKind } from "../record-kind"
import { changeOptions } from "./change-options"
import { checkHandles } from "./check-handles"
import { createProducts } from "./create-products"
import { withIds } from "./labels"
import { selectProducts, shapeProduct } from "./product-row"
import { removeProducts, restoreProducts } from "./removed-products"

export const productKind: RecordKind = {
  table: "product",
  select: selectProducts,
  shape: shapeProduct,
  unique: ["handle"],
  idPrefix: "prod",
  whenNull: {},
  create: createProducts,
  async update(tools, changes) {
    checkHandles(changes)
    const options = changes.filter((change) => "options" in change)
    await changeOptions(tools, new Map(options.map(({ id, options: value }) => [id, value])))
    const patches = await withIds(
      tools,
      changes.map(({ options: _, ...change }) => change),
    )
    // Not updateProducts: that one takes one patch for all.
    await tools.calls.run(tools.modules.product, (product, context) => product.upsertProducts(patches, context))
  },
  remove: removeProducts,
  restore: restoreProducts,
  announce({ calls }, { created, updated, removed }) {
    calls.announce(ProductWorkflowEvents.CREATED, created)
    calls.announce(ProductWorkflowEvents.DELETED, removed)
    calls.announce(ProductWorkflowEvents.UPDATED, updated)
  },
}
