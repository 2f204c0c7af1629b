import { productKind } from "./product/product-kind"
import type { RecordKind } from "./record-kind"

/** By the entity's name in core's mapping. */
export const recordKinds: Readonly<Record<string, RecordKind>> = {
  product: productKind,
}
