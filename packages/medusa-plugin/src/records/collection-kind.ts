import { kebabCase, ProductCollectionWorkflowEvents } from "@medusajs/framework/utils"
import { textOf, withHandles } from "./handles"
import { moduleKind } from "./module-kind"
import type { RecordKind } from "./record-kind"

const collections = moduleKind({
  table: "product_collection",
  model: "ProductCollection",
  service: (modules) => modules.product,
  idPrefix: "pcol",
  unique: ["handle"],
  events: ProductCollectionWorkflowEvents,
})

export const collectionKind: RecordKind = {
  ...collections,
  async create(tools, records) {
    const named = await withHandles(tools.sql, "product_collection", records, ({ title }) => kebabCase(textOf(title)))
    return collections.create(tools, named)
  },
}
