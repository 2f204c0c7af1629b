import { changeControl } from "../change-control.ts"
import type { Control, ControlChange } from "../control.ts"
import type { HostPorts } from "../ports.ts"
import { hostName, otherSide, type Side } from "../document/value.ts"

/**
 * Is the database where it was? A copy of it has the same links and would tell the peer its own changes in the name of the
 * original (a staging server made of production's backup).
 *
 * @param home - names the place where the database is now; the same for the same database at each start.
 * @returns what to remember.
 */
export function meetHome(side: Side, { home: before, paused }: Control, home: string, now: Date): ControlChange {
  if (before === null) return { home }
  const isKnown = paused?.code === "database_moved"
  if (before === home) return isKnown ? { paused: paused.before ?? null } : {}
  const pause = isKnown ? paused.before : paused
  return {
    paused: {
      code: "database_moved",
      since: isKnown ? paused.since : now.toISOString(),
      ...(pause ? { before: pause } : {}),
      message: `The database of ${hostName(side)} was at ${before} and is at ${home} now. Is this still the same installation, on another server? Resume with {"database": "moved"}. Is it a copy, for example for staging? Connect it with another ${hostName(otherSide(side))}, or switch its sync off. Until then nothing is sent or taken.`,
    },
  }
}

/**
 * Stops a copy of the database at its start, before it speaks in the name of the original.
 *
 * @param home - see {@link meetHome}.
 */
export async function checkHome(
  ports: Pick<HostPorts, "side" | "now" | "log" | "readControl" | "updateControl">,
  home: string,
): Promise<void> {
  const change = await changeControl(ports, (control) => meetHome(ports.side, control, home, ports.now()))
  if (change?.paused) ports.log.error(`Sync is paused (${change.paused.code}): ${change.paused.message}`)
}

/** What a driver was told about its database. */
export interface DatabaseAddress {
  host?: string | undefined
  port?: number | string | undefined
  connectionString?: string | undefined
}

/**
 * Where a PostgreSQL database is: its address, its name, and the cluster where its user may know it. A backup that is put
 * back under the same name on the same server is at home; that it is older tells the beat. The address counts, since a copy
 * of the whole server's files is the same cluster.
 *
 * @param first - runs a statement and returns its first row.
 */
export async function postgresHome(
  { connectionString, ...address }: DatabaseAddress,
  first: (text: string) => Promise<Record<string, unknown> | undefined>,
): Promise<string> {
  const url = connectionString !== undefined && URL.canParse(connectionString) ? new URL(connectionString) : null
  const host = url ? url.hostname || url.searchParams.get("host") : address.host
  const port = (url ? url.port : address.port) || 5432
  const place = await first(
    "select current_database() as name, has_function_privilege('pg_control_system()', 'execute') as may",
  )
  const server = place?.["may"]
    ? await first("select system_identifier::text as id from pg_control_system()")
    : undefined
  const cluster = server ? ` (cluster ${String(server["id"])})` : ""
  return `${host || "localhost"}:${String(port)}/${String(place?.["name"])}${cluster}`
}
