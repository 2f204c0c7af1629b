const inherited = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "TMP",
  "TEMP",
  "SYSTEMROOT",
  "NODE_EXTRA_CA_CERTS",
  "NODE_COMPILE_CACHE",
]

const withoutTelemetry = {
  DO_NOT_TRACK: "1",
  MEDUSA_DISABLE_TELEMETRY: "true",
  NEXT_TELEMETRY_DISABLED: "1",
  NO_UPDATE_NOTIFIER: "1",
}

/**
 * The environment of a server: only what every program needs, and `extra`. A test runner's NODE_ENV, NODE_OPTIONS or
 * VITEST change what Medusa loads.
 */
export function serverEnvironment(extra: Record<string, string | undefined>): Record<string, string> {
  const base = Object.fromEntries(inherited.map((key) => [key, process.env[key]]))
  const all = Object.entries({ ...base, NODE_ENV: "development", ...withoutTelemetry, ...extra })
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
