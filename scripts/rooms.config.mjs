/** What may import what; `depcruise` reads it. */

/**
 * The rooms of each package, the ground first. A room imports what lies below it, and nothing above.
 * Each is a regular expression of paths below `src/`.
 */
const ROOMS = {
  core: [
    "(errors|sizes|timers|version|retry)\\.ts",
    "document/",
    "wire/",
    "mapping/",
    "link/",
    "operate/",
    "(ports|control|change-control|group-by|in-pieces)\\.ts",
    "record/",
    "guard/",
    "family/",
    "apply/",
    "send/",
    "repair/",
    "inbox/",
    "backfill/",
    "health/",
    "run/",
    "testing/",
    "(index|host|names)\\.ts",
  ],
  "medusa-plugin": [
    "database/",
    "records/",
    "options/",
    "capture/",
    "ports/",
    "host\\.ts",
    "operate/",
    "content/",
    "sync\\.ts",
    "modules/",
    "workflows/",
    "(api|jobs|links|subscribers|admin)/",
  ],
  "directus-extension": [
    "(extend|host-context|options|log)\\.ts",
    "database/",
    "running-sync\\.ts",
    "shared-state\\.ts",
    "own-write\\.ts",
    "items/",
    "ports/",
    "schema/",
    "host\\.ts",
    "images/",
    "capture/",
    "drafts/",
    "content/",
    "sync\\.ts",
    "sync-endpoint/",
    "studio/",
    "sync-(hook|module|operation|panel|picture|prices|state|stock)/",
  ],
  cli: [
    "(problem|version)\\.ts",
    "output/",
    "settings/",
    "hosts/",
    "schema/",
    "init/",
    "doctor/",
    "commands/",
    "(program|main)\\.ts",
  ],
}

const climbs = Object.entries(ROOMS).flatMap(([name, rooms]) =>
  rooms.slice(0, -1).map((room, i) => ({
    name: `no-climb-${name}-${String(i)}`,
    comment: `What lies in ${room} knows nothing of the rooms above it.`,
    severity: "error",
    from: { path: `^packages/${name}/src/${room}` },
    to: { path: rooms.slice(i + 1).map((above) => `^packages/${name}/src/${above}`) },
  })),
)

export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "Two files that need each other are one, or a third one is missing.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...climbs,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules|\\.medusa)/" },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".vue", ".mjs", ".js", ".json"] },
  },
}
