import { isDeepStrictEqual } from "node:util"
import { changeControl } from "../change-control.ts"
import { listed } from "../document/names.ts"
import type { HostPorts } from "../ports.ts"
import type { SyncConfig } from "../mapping/config.ts"
import type { KnownPlaces } from "../mapping/entity.ts"
import { comparePlaces, withPlaces, type Places } from "../mapping/places.ts"

/** Compares the places with those that the database remembers, and remembers them. @returns the configuration to run with. */
export async function settlePlaces(
  ports: Pick<HostPorts, "readControl" | "updateControl" | "log">,
  config: SyncConfig,
  now: Places,
): Promise<SyncConfig> {
  let known: KnownPlaces = {}
  let fresh: string[] = []
  await changeControl(ports, ({ places }) => {
    known = comparePlaces(places, now)
    fresh = Object.entries(now).flatMap(([kind, all]) =>
      Object.keys(all).filter((place) => known[kind]?.[place]?.since !== (places?.[kind]?.[place]?.since ?? 0)),
    )
    return isDeepStrictEqual(known, places) ? null : { places: known }
  })
  if (fresh.length > 0)
    ports.log.info(
      `Fields have a place here that they did not have before: ${listed(fresh)}. The next sweep asks the other side for what it has.`,
    )
  return withPlaces(config, now, known)
}
