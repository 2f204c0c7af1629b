import { randomBytes } from "node:crypto"
import { toHandle } from "@medusajs/framework/utils"
import type { KindTools } from "../record-kind"
import { query } from "../sql"

/**
 * A product without an option is refused by Medusa's API, and one without a variant cannot be sold: the dashboard makes
 * these two for whoever fills in a title only (product-create/constants.ts of 2.21).
 */
const OPTION = { title: "Default option", values: ["Default option value"] }
const VARIANT = {
  title: "Default variant",
  options: { "Default option": "Default option value" },
  manage_inventory: false,
  allow_backorder: false,
}

type Patch = Record<string, unknown>

export interface NewProduct extends Patch {
  title: string
  handle: string
}

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/**
 * What Medusa's dashboard would have filled in. A handle that is derived from the title gives way to one that is taken;
 * one that was given does not.
 */
export async function withDefaults({ sql }: Pick<KindTools, "sql">, patches: Patch[]): Promise<NewProduct[]> {
  const named = patches.map((patch) => {
    const handle = text(patch.handle)
    const title = text(patch.title) || handle || "Untitled"
    return { ...patch, title, handle, derived: handle === "" ? toHandle(title) : null }
  })
  const derived = named.flatMap((product) => product.derived ?? [])
  const taken = new Set([...(await handlesInUse(sql, derived)), ...named.map(({ handle }) => handle)])
  return named.map(({ derived: base, ...product }) => {
    const handle = base === null ? product.handle : taken.has(base) ? `${base}-${randomBytes(3).toString("hex")}` : base
    taken.add(handle)
    return { ...product, handle, options: [structuredClone(OPTION)], variants: [structuredClone(VARIANT)] }
  })
}

async function handlesInUse(sql: KindTools["sql"], handles: string[]): Promise<string[]> {
  if (handles.length === 0) return []
  const statement = "select handle from product where deleted_at is null and handle = any(?)"
  return (await query<{ handle: string }>(sql, statement, [handles])).map(({ handle }) => handle)
}
