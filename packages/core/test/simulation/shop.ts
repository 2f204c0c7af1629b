import { makeConfig, type SyncConfig } from "../../src/mapping/config.ts"
import { defineEntity, type DeletePolicy } from "../../src/mapping/entity.ts"

const same = (type: "text" | "set", name: string) => ({ type, medusa: name, directus: name })

/** One kind with a field of each policy: either side wins, one side owns, repeated words, a match key, a set. */
export function shopConfig(medusaDeletes: DeletePolicy, directusDeletes: DeletePolicy): SyncConfig {
  return makeConfig([
    defineEntity({
      name: "thing",
      collection: "things",
      externalId: null,
      fields: {
        title: { ...same("text", "title"), wins: "medusa" },
        note: { ...same("text", "note"), wins: "directus" },
        status: { ...same("text", "status"), wins: "medusa" },
        sku: { ...same("text", "sku"), owner: "medusa" },
        slug: { ...same("text", "slug"), wins: "directus" },
        tags: { ...same("set", "tags"), wins: "medusa" },
      },
      matchKeys: ["slug"],
      archive: { field: "status", medusa: "draft", directus: "archived" },
      deletes: { medusa: medusaDeletes, directus: directusDeletes },
    }),
  ])
}

const POLICIES: readonly DeletePolicy[] = ["archive", "propagate"]

/** All pairs of the delete policies under which both sides end with the same aliveness. */
export const CONFIGS: readonly SyncConfig[] = POLICIES.flatMap((medusa) =>
  POLICIES.map((directus) => shopConfig(medusa, directus)),
)

export const STATUSES = ["draft", "proposed", "published"] as const
export const TAGS = ["tags#new", "tags#sale"] as const
export const SLUGS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"] as const
