import { ProductVariantWorkflowEvents } from "@medusajs/framework/utils"
import type { RecordKind } from "../record-kind"
import { findTakenCombinations } from "./combinations"
import { createVariants } from "./create-variants"
import { withGivenPrices } from "./given-prices"
import { removeVariants, restoreVariants } from "./removed-variants"
import { updateVariants } from "./update-variants"
import { selectVariants } from "./variant-row"

export const variantKind: RecordKind = {
  table: "product_variant",
  select: selectVariants,
  unique: ["sku", "barcode", "ean", "upc"],
  taken: findTakenCombinations,
  idPrefix: "variant",
  whenNull: { allow_backorder: false, manage_inventory: false },
  given: withGivenPrices,
  create: createVariants,
  update: updateVariants,
  remove: removeVariants,
  restore: restoreVariants,
  announce({ calls }, { created, updated, removed }) {
    calls.announce(ProductVariantWorkflowEvents.CREATED, created)
    calls.announce(ProductVariantWorkflowEvents.DELETED, removed)
    calls.announce(ProductVariantWorkflowEvents.UPDATED, updated)
  },
}
