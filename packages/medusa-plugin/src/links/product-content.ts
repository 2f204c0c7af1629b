import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import { CONTENT_NAMES } from "../content/content-names"

const content = CONTENT_NAMES.product

export default defineLink(
  { linkable: ProductModule.linkable.product, field: "id" },
  { linkable: { serviceName: content.module, alias: content.alias, primaryKey: content.key } },
  { readOnly: true },
)
