import type { Side } from "medusa-directus-core"
import type { Check } from "./finding.ts"

interface Known {
  check: Check
  fix: (side: Side) => string
}

const ADDRESS: Record<Side, string> = { medusa: "`directusUrl` in medusa-config", directus: "MEDUSA_URL in Directus" }
const RESUME: Record<Side, string> = {
  medusa: "POST /admin/directus/resume",
  directus: "POST /medusa-sync/resume",
}

const OPTIONS: Record<Side, string> = {
  medusa: "Set the option in medusa-config and restart Medusa.",
  directus: "Set the variable in Directus's .env and restart Directus.",
}

const sameSecret =
  "Give both sides the same secret (`secret` in medusa-config, MEDUSA_SYNC_SECRET in Directus) and restart both."

/** What to do about a problem that a host's health tells, by its code; docs/troubleshooting.md has each in full. */
const FIXES: Record<string, Known> = {
  sync_off: { check: "sync", fix: (side) => OPTIONS[side] },
  unauthorized: { check: "secret", fix: () => sameSecret },
  wrong_receiver: { check: "pair", fix: (side) => `Set ${ADDRESS[side]} to the right host, and restart.` },
  config_mismatch: {
    check: "mapping",
    fix: () => "Give both sides the same mapping (`mapping` in medusa-config, MEDUSA_SYNC_MAPPING) and restart both.",
  },
  epoch_mismatch: {
    check: "pair",
    fix: (side) =>
      `If the other database is the right one (new, restored): ${RESUME[side]} with {"acceptPeerEpoch": true}, on both sides. If not, set ${ADDRESS[side]}.`,
  },
  database_moved: {
    check: "pair",
    fix: (side) =>
      `The same installation elsewhere: ${RESUME[side]} with {"database": "moved"}. A copy: give it another peer, or switch its sync off.`,
  },
  mass_delete: {
    check: "sync",
    fix: (side) =>
      `That is meant: ${RESUME[side]} with {"acceptDeletes": true}. It is not: bring the records back, or publish them again, then {}.`,
  },
  mass_change: {
    check: "sync",
    fix: (side) =>
      `The other side is to have these values: ${RESUME[side]} with {}. It is not: put them right here first, then {}.`,
  },
  peer_unreachable: {
    check: "reach",
    fix: (side) => `Start the other side, or set ${ADDRESS[side]} to where this server reaches it.`,
  },
  peer_not_heard: {
    check: "reach",
    fix: (side) => `Set ${ADDRESS[side === "medusa" ? "directus" : "medusa"]} to where that server reaches this one.`,
  },
  changes_wait: { check: "sync", fix: () => "The journal of the records that wait says why; else this host's log." },
  quarantined: {
    check: "sync",
    fix: () => "npx medusa-directus retry --list shows each with its reason; mend it, then npx medusa-directus retry.",
  },
  plain_http: {
    check: "secret",
    fix: (side) => `Set ${ADDRESS[side]} to an address with https, unless nobody else is on that network.`,
  },
  doubled_texts: {
    check: "sync",
    fix: () => "Open the item in Directus, and keep one translation of each language.",
  },
  open_conflicts: { check: "sync", fix: () => "npx medusa-directus conflicts lists them; keep, take or edit each." },
}

/** Told by checks of their own, which know more. */
export const TOLD_ELSEWHERE = new Set(["capture_missing", "fields_left_out", "clock_skew"])

export function knownFix(code: string, side: Side): { check: Check; fix: string } {
  const known = FIXES[code]
  return known
    ? { check: known.check, fix: known.fix(side) }
    : { check: "sync", fix: `docs/troubleshooting.md#${code} tells what to do.` }
}
