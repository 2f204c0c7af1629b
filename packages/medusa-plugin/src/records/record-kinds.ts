import { ProductTagWorkflowEvents, ProductTypeWorkflowEvents } from "@medusajs/framework/utils"
import { SyncError, type EntityDefinition, type SyncConfig } from "medusa-directus-core/host"
import { categoryKind } from "./category/category-kind"
import { collectionKind } from "./collection-kind"
import { imageKind } from "./image/image-kind"
import { moduleKind } from "./module-kind"
import { ownKind } from "./own-kind"
import { productKind } from "./product/product-kind"
import type { RecordKind } from "./record-kind"
import { translatedKind } from "./translations/translated-kind"
import { variantKind } from "./variant/variant-kind"

/** By the entity's name in core's mapping. */
const MEDUSA_KINDS: Readonly<Record<string, RecordKind>> = {
  type: moduleKind({
    table: "product_type",
    model: "ProductType",
    service: (modules) => modules.product,
    idPrefix: "ptyp",
    unique: ["value"],
    events: ProductTypeWorkflowEvents,
  }),
  tag: moduleKind({
    table: "product_tag",
    model: "ProductTag",
    service: (modules) => modules.product,
    idPrefix: "ptag",
    unique: ["value"],
    events: ProductTagWorkflowEvents,
  }),
  collection: collectionKind,
  category: categoryKind,
  product: productKind,
  image: imageKind,
  variant: variantKind,
}

/** Has Medusa records of this kind, whether they are mapped or not? Those of a shop's own module are in the mapping only. */
export const isOfMedusa = (name: string): boolean => Object.hasOwn(MEDUSA_KINDS, name)

export interface KnownKind {
  entity: EntityDefinition
  kind: RecordKind
}

/** Every kind of the mapping and how Medusa keeps it. */
export function makeKinds({ entities }: Pick<SyncConfig, "entities">): (name: string) => KnownKind {
  const kinds = new Map<string, KnownKind>()
  for (const [name, entity] of entities) {
    const kind = entity.source ? ownKind(entity.source) : MEDUSA_KINDS[name]
    if (kind) kinds.set(name, { entity, kind: translatedKind(kind, entity) })
  }
  return (name) => {
    const known = kinds.get(name)
    if (!known) throw new SyncError("internal", `Medusa's half of the sync does not know the kind "${name}".`)
    return known
  }
}
