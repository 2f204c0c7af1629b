import { ProductWorkflowEvents } from "@medusajs/framework/utils"
import { fingerprint, fromDocument, toDocument, type DocumentWrite, type EntityDefinition } from "medusa-directus-core"
import type { KindTools, RecordKind } from "../record-kind"
import { checkHandles } from "./check-handles"
import { createProducts } from "./create-products"
import { removeProducts, restoreProducts } from "./removed-products"

type Of<Kind extends DocumentWrite["kind"]> = Extract<DocumentWrite, { kind: Kind }>
type Patch = Record<string, unknown>
type Update = Patch & { id: string }

/** Products, in the array forms of Medusa's module: batches are what it is fast at. */
export const productKind: RecordKind = {
  table: "product",
  async write(tools, entity, writes) {
    const removed = writes.flatMap((write) => (write.kind === "remove" ? write.localId : []))
    const updates = writes.filter((write) => write.kind === "update")
    const creates = writes.filter((write) => write.kind === "create")

    await removeProducts(tools, removed)
    const wanted = creates.flatMap(({ localId }) => localId ?? [])
    const restored = await restoreProducts(tools, wanted)
    const rowOf = ({ localId }: Of<"create">) => (localId === null ? undefined : restored.get(localId))
    const patches = [
      ...updates.map((write) => patchOfUpdate(entity, write)),
      ...creates.flatMap((write) => patchOfRestored(entity, write, rowOf(write)) ?? []),
    ]
    await updateProducts(tools, patches)
    // Those that were purged are made anew, under the id that the link knows.
    const fresh = creates.filter((write) => !rowOf(write))
    const newProducts = fresh.map((write) => newProduct(entity, write))
    const ids = await createProducts(tools, newProducts)

    const updated = patches.map(({ id }) => id)
    tools.calls.announce(ProductWorkflowEvents.DELETED, removed)
    tools.calls.announce(ProductWorkflowEvents.UPDATED, updated)
    const idOf = new Map<DocumentWrite, string>(fresh.map((write, i) => [write, ids[i] ?? ""]))
    return writes.map((write) => idOf.get(write) ?? write.localId ?? "")
  },
}

const patchOfUpdate = (entity: EntityDefinition, { localId, fields, current }: Of<"update">): Update => ({
  ...fromDocument(entity, "medusa", fields, current),
  id: localId,
})

/** What is different in the row that came back: it may have been restored with older values. */
function patchOfRestored(entity: EntityDefinition, { fields }: Of<"create">, row: Patch | undefined): Update | null {
  if (!row) return null
  const current = toDocument(entity, "medusa", row)
  const changed = Object.entries(fields).filter(
    ([name, value]) => fingerprint(value) !== fingerprint(current[name] ?? null),
  )
  return { ...fromDocument(entity, "medusa", Object.fromEntries(changed), current), id: String(row.id) }
}

/** Absent values are Medusa's to choose: several of its columns have a default and take no null. */
function newProduct(entity: EntityDefinition, { localId, fields }: Of<"create">): Patch {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  return { ...fromDocument(entity, "medusa", given), ...(localId === null ? {} : { id: localId }) }
}

async function updateProducts(tools: KindTools, updates: Update[]): Promise<void> {
  if (updates.length === 0) return
  await checkHandles(tools, updates)
  // Not updateProducts: that one takes one patch for all. Metadata is merged by key here (Medusa 2.21).
  await tools.calls.run(tools.modules.product, (product, context) => product.upsertProducts(updates, context))
}
