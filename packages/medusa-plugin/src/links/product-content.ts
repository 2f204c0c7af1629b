import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import { CONTENT_NAMES } from "../content/content-names"
import { DIRECTUS_CONTENT } from "../modules/directus-content"

const { alias, key } = CONTENT_NAMES.product

export default defineLink(
  { linkable: ProductModule.linkable.product, field: "id" },
  { linkable: { serviceName: DIRECTUS_CONTENT, alias, primaryKey: key } },
  { readOnly: true },
)
