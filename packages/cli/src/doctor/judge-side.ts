import type { Side } from "medusa-directus-core/host"
import { severityOf } from "medusa-directus-core/operate"
import { goesInClear } from "medusa-directus-core/sign"
import { NAMES } from "../hosts/answer.ts"
import type { DirectusStatus, MedusaStatus } from "../hosts/shapes.ts"
import { tell, type Check, type Finding } from "./finding.ts"
import { valueOf, type Looked, type Seen, type SideSeen } from "./seen.ts"

const WHO: Record<Side, string> = {
  medusa: "The secret API key opens Medusa's sync routes.",
  directus: "The token is an administrator's.",
}

const KEY: Record<Side, { what: string; variable: string }> = {
  medusa: { what: "The secret API key of Medusa", variable: "MEDUSA_URL" },
  directus: { what: "The token of an administrator of Directus", variable: "DIRECTUS_URL" },
}

/** Can others read the key that this program sends? */
export function judgeWay(side: Side, { url }: SideSeen<unknown>): Finding[] {
  if (url === null || !goesInClear(url)) return []
  const { what, variable } = KEY[side]
  return [
    tell("permissions", side).note(
      `${what} goes from here to ${url} over plain http: whoever is on the way can read it.`,
      `Set ${variable} here to an address with https, or run this where the host is.`,
    ),
  ]
}

/** Does it answer, and do the keys open what they should? */
export function judgeAccess(side: Side, seen: SideSeen<unknown>): Finding[] {
  if (seen.reach) return [tell("reach", side).problem(seen.reach.message, seen.reach.fix)]
  const answers = tell("reach", side).ok(`${NAMES[side]} answers at ${seen.url ?? ""}.`)
  const refused = [seen.health, seen.status].find((looked) => looked?.kind === "failed")
  const access = tell("permissions", side)
  if (refused?.kind !== "failed") return [answers, access.ok(WHO[side])]
  const { code, message, fix } = refused.problem
  const isAccess = ["wrong_key", "not_admin", "not_set"].includes(code)
  return [answers, isAccess ? access.problem(message, fix) : tell("sync", side).problem(message, fix)]
}

const STATES = { ok: "syncs", degraded: "syncs, with problems", stopped: "stands still" } as const

/** Told by checks of their own, which know more. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["capture_missing", "fields_left_out", "clock_skew"])

/** What a host's problem is about, where that is not the sync as a whole. */
const CHECK: Readonly<Record<string, Check>> = {
  unauthorized: "secret",
  plain_http: "secret",
  wrong_receiver: "pair",
  epoch_mismatch: "pair",
  database_moved: "pair",
  config_mismatch: "mapping",
  peer_unreachable: "reach",
  peer_not_heard: "reach",
}

/** What the host itself says about its half of the sync. */
export function judgeSync(side: Side, seen: SideSeen<unknown>): Finding[] {
  const health = valueOf(seen.health)
  if (!health) return []
  const problems = health.problems.filter(({ code }) => !TOLD_ELSEWHERE.has(code) || health.state === "stopped")
  const findings = problems.map(({ code, message, fix }) => {
    const about = tell(CHECK[code] ?? "sync", side)
    // An earlier version of the host says what to do in its message.
    const then = fix || `docs/troubleshooting.md#${code} tells what to do.`
    return severityOf(code) === "note" ? about.note(message, then) : about.problem(message, then)
  })
  if (findings.some(({ state }) => state === "problem")) return findings
  const { records } = health.details ?? {}
  const counts = records ? `: ${String(records.active)} records, ${String(records.pending)} to be sent` : ""
  return [tell("sync", side).ok(`${NAMES[side]} ${STATES[health.state]}${counts}.`), ...findings]
}

export function judgeTriggers(medusa: Looked<MedusaStatus> | null, directus: Looked<DirectusStatus> | null): Finding[] {
  const findings: Finding[] = []
  const [shop, cms] = [valueOf(medusa), valueOf(directus)]
  const here = tell("triggers", "medusa")
  if (shop?.capture === "installed") findings.push(here.ok("The triggers that record changes are installed."))
  if (shop?.capture === "missing")
    findings.push(
      here.problem(
        "Triggers that record changes are missing: changes in Medusa are not noticed.",
        "Medusa puts them back within a minute, when its database role owns Medusa's tables. Run this again then; if they are still missing, Medusa's log says why.",
      ),
    )
  if (shop?.capture === "not_migrated")
    findings.push(
      here.problem(
        "The sync's tables are missing in Medusa's database.",
        "npx medusa db:migrate, then restart Medusa.",
      ),
    )
  if (cms?.running) findings.push(tell("triggers", "directus").ok("The hooks that record changes are registered."))
  return findings
}

export function judgeSchema({ medusa, directus }: Seen): Finding[] {
  const [shop, cms] = [valueOf(medusa.status), valueOf(directus.status)]
  const findings: Finding[] = []
  const here = tell("schema", "directus")
  if (cms?.running) {
    const leftOut = cms.leftOut.map(({ directus: field }) => field)
    if (leftOut.length > 0)
      findings.push(
        here.problem(
          `Collections have no place for mapped fields, which are left out: ${leftOut.join(", ")}.`,
          "Add these fields in Directus, or map them to yours (or to false) in the mapping of both sides.",
        ),
      )
    else findings.push(here.ok(`The collections hold all mapped fields: ${cms.collections.join(", ")}.`))
    if (cms.translations.unmapped.length > 0)
      findings.push(here.note(`Texts stay in Directus in: ${cms.translations.unmapped.join(", ")}.`, LOCALES))
    if (cms.images.refused > 0)
      findings.push(
        here.note(
          `${String(cms.images.refused)} pictures could not be copied.`,
          "The journal of their items says why.",
        ),
      )
  }
  const { unmapped = [], unsupported = [] } = shop?.translations ?? {}
  if (unmapped.length > 0)
    findings.push(tell("schema", "medusa").note(`Texts stay in Medusa in: ${unmapped.join(", ")}.`, LOCALES))
  if (unsupported.length > 0)
    findings.push(
      tell("schema", "medusa").note(
        `Medusa's store does not list the languages ${unsupported.join(", ")}.`,
        "Add them under Settings → Store → Locales.",
      ),
    )
  return findings
}

const LOCALES = "Name them under translations.locales of the mapping, if they should travel."
