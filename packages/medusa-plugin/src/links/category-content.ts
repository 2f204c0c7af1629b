import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import { CONTENT_NAMES } from "../content/content-names"

const { alias, key, module } = CONTENT_NAMES.category

export default defineLink(
  { linkable: ProductModule.linkable.productCategory, field: "id" },
  { linkable: { serviceName: module, alias, primaryKey: key } },
  { readOnly: true },
)
