import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import { CONTENT_NAMES } from "../content/content-names"

const content = CONTENT_NAMES.category

export default defineLink(
  { linkable: ProductModule.linkable.productCategory, field: "id" },
  { linkable: { serviceName: content.module, alias: content.alias, primaryKey: content.key } },
  { readOnly: true },
)
