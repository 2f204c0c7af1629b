import { makeConfig, type SyncConfig } from "../../src/mapping/config.ts"
import type { Side } from "../../src/document/value.ts"
import { SyncError } from "../../src/errors.ts"
import { refusedValue } from "../../src/record/taken.ts"
import { defineEntity, type DeletePolicy, type EntityInput, type FieldInput } from "../../src/mapping/entity.ts"

export const SIDES = ["medusa", "directus"] as const

/** A value that begins like this, and with the name of a host, is refused by that host. */
export const POISON = "!"

/** What a host says of a value that it does not take: of every other one it names the field. */
export function refusePoison(side: Side, field: string, value: unknown): void {
  if (typeof value !== "string" || !value.startsWith(POISON + side)) return
  const text = "The host does not like this."
  throw /[02468]$/.test(value) ? refusedValue(field, text) : new SyncError("rejected_by_host", text)
}

const same = (type: FieldInput["type"], name: string): FieldInput => ({ type, medusa: name, directus: name })

const THING_FIELDS: Record<string, FieldInput> = {
  title: { ...same("text", "title"), wins: "medusa" },
  note: { ...same("text", "note"), wins: "directus" },
  status: { ...same("text", "status"), wins: "medusa" },
  sku: { ...same("text", "sku"), owner: "medusa" },
  slug: { ...same("text", "slug"), wins: "directus" },
  tags: { ...same("set", "tags"), wins: "medusa" },
}

/** One kind with a field of each policy: either side wins, one side owns, repeated words, a match key, a set. */
const thing = (fields: Record<string, FieldInput>, deletes: Record<Side, DeletePolicy>) =>
  defineEntity({
    name: "thing",
    collection: "things",
    externalId: null,
    fields,
    matchKeys: ["slug"],
    archive: { field: "status", medusa: "draft", directus: "archived" },
    deletes,
  } satisfies EntityInput<string, string>)

/** A tree of groups, things that belong to some of them, and parts of things: each way of referring to a record. */
function family(deletes: Record<Side, DeletePolicy>, ofGroups = deletes): SyncConfig {
  const texts = {
    title: { ...same("text", "title"), wins: "medusa" as const },
    note: same("text", "note"),
    slug: same("text", "slug"),
  }
  const group = defineEntity({
    name: "group",
    collection: "groups",
    externalId: null,
    fields: { ...texts, above: { ...same("reference", "above"), to: "group" }, archived: same("boolean", "archived") },
    matchKeys: ["slug"],
    archive: { field: "archived", medusa: true, directus: true },
    deletes: ofGroups,
  })
  const part = defineEntity({
    name: "part",
    collection: "parts",
    externalId: null,
    fields: {
      ...texts,
      thing: { ...same("reference", "thing"), to: "thing", owner: "medusa" },
      archived: same("boolean", "archived"),
    },
    matchKeys: [{ field: "slug", within: "thing" }],
    parent: "thing",
    archive: { field: "archived", medusa: true, directus: true },
    deletes,
  })
  const references: Record<string, FieldInput> = {
    group: { ...same("reference", "group"), to: "group" },
    groups: { ...same("references", "groups"), to: "group" },
  }
  return makeConfig([group, thing({ ...THING_FIELDS, ...references }, deletes), part])
}

const POLICIES: readonly DeletePolicy[] = ["archive", "propagate"]

/** All pairs of the delete policies under which both sides end with the same aliveness. */
const DELETES = POLICIES.flatMap((medusa) => POLICIES.map((directus) => ({ medusa, directus })))

export const CONFIGS: readonly SyncConfig[] = DELETES.map((deletes) => makeConfig([thing(THING_FIELDS, deletes)]))
export const FAMILY_CONFIGS: readonly SyncConfig[] = DELETES.map((deletes) => family(deletes))

const KEEPING: readonly DeletePolicy[] = ["archive", "propagate", "ignore", "unlink"]
/** Groups under every pair of policies. */
export const KEEPING_CONFIGS: readonly SyncConfig[] = KEEPING.flatMap((medusa) =>
  KEEPING.flatMap((directus) => DELETES.map((deletes) => family(deletes, { medusa, directus }))),
)

/** What refers, and what is referred to. */
export const KINDS = ["group", "thing", "part"] as const

export const STATUSES = ["draft", "proposed", "published"] as const
export const TAGS = ["tags#new", "tags#sale"] as const
export const SLUGS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"] as const
