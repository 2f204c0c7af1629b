import { isValidHandle } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core"
import type { KindTools } from "../record-kind"
import { query } from "../sql"

interface Handled {
  id?: unknown
  handle?: unknown
}

/**
 * Asks for Medusa's rules before Medusa does: its own refusals hold the value, and after a unique violation the
 * transaction can no longer find out who has the handle.
 *
 * @throws SyncError `rejected_by_host` or `not_unique`.
 */
export async function checkHandles({ sql }: Pick<KindTools, "sql">, products: Handled[]): Promise<void> {
  const wanted = new Map<string, Handled>()
  for (const product of products) {
    const { handle } = product
    if (typeof handle !== "string") continue
    if (handle !== "" && !isValidHandle(handle)) {
      throw new SyncError(
        "rejected_by_host",
        "handle: Medusa takes lower-case letters, digits and single hyphens between them. Change it on the other side.",
      )
    }
    wanted.set(handle, product)
  }
  if (wanted.size === 0) return
  const holders = await query<{ id: string; handle: string }>(
    sql,
    "select id, handle from product where deleted_at is null and handle = any(?)",
    [[...wanted.keys()]],
  )
  const other = holders.find(({ id, handle }) => wanted.get(handle)?.id !== id)
  if (other)
    throw new SyncError(
      "not_unique",
      `handle is taken by another product (${other.id}). Change the handle of one of them.`,
    )
}
