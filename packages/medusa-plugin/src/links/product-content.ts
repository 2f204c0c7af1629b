import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import { CONTENT_NAMES } from "../content/content-names"

const { alias, key, module } = CONTENT_NAMES.product

export default defineLink(
  { linkable: ProductModule.linkable.product, field: "id" },
  { linkable: { serviceName: module, alias, primaryKey: key } },
  { readOnly: true },
)
