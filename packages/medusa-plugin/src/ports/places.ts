import { placesIn, settlePlaces, type Logger } from "medusa-directus-core/host"
import { readControl, updateControl } from "./control-store"
import type { Sql } from "../database/sql"
import type { SyncOptions } from "../options/plugin-options"

type Running = { kind: "on"; options: SyncOptions }

/** The setup with the places that fields have in Medusa, compared with those of the last start. */
export async function withPlaces(sql: Sql, { options }: Running, log: Logger): Promise<Running> {
  const ports = {
    readControl: () => readControl(sql),
    updateControl: (...change: Parameters<typeof updateControl> extends [Sql, ...infer Rest] ? Rest : never) =>
      updateControl(sql, ...change),
    log,
  }
  // Whether Medusa has a place for translations was decided before.
  const places = placesIn(options.config, (_, { medusa }, place) => ({ at: place.includes("#") ? place : medusa }))
  return { kind: "on", options: { ...options, config: await settlePlaces(ports, options.config, places) } }
}
