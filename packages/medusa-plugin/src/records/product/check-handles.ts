import { isValidHandle } from "@medusajs/framework/utils"
import { refusedValue } from "medusa-directus-core/host"
import type { Patch } from "../record-kind"

/**
 * Asks for Medusa's rule before Medusa does: its own refusal holds the value.
 *
 * @throws SyncError `rejected_by_host`.
 */
export function checkHandles(products: Patch[]): void {
  if (products.some(({ handle }) => typeof handle === "string" && handle !== "" && !isValidHandle(handle)))
    throw refusedValue("handle", "Medusa takes lower-case letters, digits and single hyphens between them. Change it.")
}
