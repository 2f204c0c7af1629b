import { model } from "@medusajs/framework/utils"

/** What Medusa keeps about one record (core's `Link`). The engine writes it by SQL, under row locks. */
export const DirectusSyncLink = model
  .define("directus_sync_link", {
    entity: model.text().primaryKey(),
    local_id: model.text().primaryKey(),
    peer_id: model.text().nullable(),
    parent_id: model.text().nullable(),
    announced: model.text().nullable(),
    withdrawn: model.text().nullable(),
    awaiting: model.text().nullable(),
    promised: model.text().nullable(),
    rev: model.number().default(0),
    seen: model.number().default(0),
    acked: model.number().default(0),
    standing: model.enum(["alive", "archived", "ignored", "gone", "along"]).default("alive"),
    alive_rev: model.number().default(0),
    fields: model.json(),
    places: model.json().nullable(),
    snapshot: model.json().nullable(),
    hops: model.number().default(0),
    state: model.enum(["active", "quarantined", "unlinked"]).default("active"),
    held_back: model.boolean().default(false),
    reason: model.text().nullable(),
    attempts: model.number().default(0),
    last_synced_at: model.dateTime().nullable(),
    sync_source: model.text().nullable(),
    sync_id: model.text().nullable(),
  })
  // Those of the beginnings of `announced` and `withdrawn` are expressions, which only a migration can say.
  .indexes([
    {
      name: "IDX_directus_sync_link_peer",
      on: ["entity", "peer_id"],
      unique: true,
      where: "peer_id IS NOT NULL",
    },
    {
      name: "IDX_directus_sync_link_parent",
      on: ["entity", "parent_id"],
      where: "parent_id IS NOT NULL",
    },
    {
      name: "IDX_directus_sync_link_held_back",
      on: ["entity"],
      where: "held_back",
    },
  ])
