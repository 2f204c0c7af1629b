import type { Side } from "medusa-directus-core/host"
import { NAMES } from "../hosts/answer.ts"
import { fixOf } from "../settings/secret-fault.ts"
import { tell, type Finding } from "./finding.ts"
import { SIDES, valueOf, type Seen } from "./seen.ts"

const SUPPORTED: Record<Side, { fits: (major: number, minor: number) => boolean; words: string }> = {
  medusa: { fits: (major, minor) => major === 2 && minor >= 21, words: "Medusa 2.21 or later" },
  directus: { fits: (major) => major === 12, words: "Directus 12" },
}

export function judgeVersions({ medusa, directus, version }: Seen): Finding[] {
  const seen = { medusa: valueOf(medusa.health)?.versions, directus: valueOf(directus.health)?.versions }
  const findings = SIDES.flatMap((side): Finding[] => {
    const versions = seen[side]
    if (!versions) return []
    const { host, sync } = versions
    const [major = 0, minor = 0] = (host ?? "").split(".").map(Number)
    const { ok, problem, note } = tell("versions", side)
    if (host === null) return [note(`${NAMES[side]} does not tell its version; the sync is ${sync}.`)]
    return SUPPORTED[side].fits(major, minor)
      ? [ok(`${NAMES[side]} ${host}, sync ${sync}.`)]
      : [problem(`${NAMES[side]} is ${host}.`, `The sync needs ${SUPPORTED[side].words}.`)]
  })
  const { problem, note } = tell("versions")
  const [shop, cms] = [seen.medusa, seen.directus]
  if (shop && cms && (shop.sync !== cms.sync || shop.protocol !== cms.protocol))
    findings.push(
      problem(
        `The two halves differ: ${shop.sync} in Medusa, ${cms.sync} in Directus.`,
        "Install the same version of medusa-plugin-directus and directus-extension-medusa.",
      ),
    )
  const other = [shop, cms].find((versions) => versions && versions.sync !== version)
  if (other)
    findings.push(note(`This program is ${version}, the sync ${other.sync}.`, `npx medusa-directus@${other.sync}`))
  return findings
}

const PUT: Record<Side, string> = {
  medusa: "Set `secret` in medusa-config to it and restart Medusa.",
  directus: "Set MEDUSA_SYNC_SECRET in Directus to it and restart Directus.",
}

export function judgeSecret(seen: Seen): Finding[] {
  const { problem, ok, note } = tell("secret")
  const probes = SIDES.map((side) => ({ side, probe: seen[side].probe }))
  const having = (kind: string) => probes.filter(({ probe }) => probe.kind === kind).map(({ side }) => side)
  const [right, wrong] = [having("right"), having("wrong")]
  const findings: Finding[] = []
  // A key that neither side signs with is none of the sync's.
  if (seen.secretFault !== null && (!seen.isSecretAssumed || right.length > 0))
    findings.push(problem(seen.secretFault, fixOf(seen.isSecretAssumed ? "MEDUSA_SECRET_API" : "MEDUSA_SYNC_SECRET")))
  if (right.length === 2) findings.push(ok("Both sides have the secret that is set here."))
  else if (wrong.length === 2 && seen.isSecretAssumed)
    findings.push(
      note(
        "MEDUSA_SYNC_SECRET is not set here, so it was not compared. Neither side signs with MEDUSA_SECRET_API.",
        "Set it here too, and doctor says whether both sides have it.",
      ),
    )
  else if (wrong.length === 2)
    findings.push(
      problem(
        "Neither side has the secret that is set here.",
        "Set MEDUSA_SYNC_SECRET here to theirs: `secret` in medusa-config, MEDUSA_SYNC_SECRET in Directus's .env.",
      ),
    )
  else
    for (const side of wrong)
      findings.push(
        tell("secret", side).problem(
          `${NAMES[side]} has another secret than the one that is set here${right.length > 0 ? ` and in ${NAMES[side === "medusa" ? "directus" : "medusa"]}` : ""}.`,
          PUT[side],
        ),
      )
  if (right.length < 2)
    for (const { side, probe } of probes)
      if (probe.kind === "unknown")
        findings.push(tell("secret", side).note(`Whether ${NAMES[side]} has the secret is not known: ${probe.why}.`))
      else if (probe.kind === "right")
        findings.push(tell("secret", side).ok(`${NAMES[side]} has the secret that is set here.`))
  for (const { side, probe } of probes)
    if (probe.kind === "right" && !probe.isFirst)
      findings.push(note(`${NAMES[side]} has an older one of the secrets that are set here.`, PUT[side]))
  return findings
}

/** Milliseconds by which clocks may differ; the sync itself goes on beyond that. */
const CLOCKS = 60_000

export function judgeClocks({ medusa, directus }: Seen): Finding[] {
  const { ok, problem } = tell("clocks")
  const told = valueOf(medusa.status)?.clockOffsetMs ?? null
  const offset =
    medusa.probe.kind === "right" && directus.probe.kind === "right" ? directus.probe.clock - medusa.probe.clock : told
  if (offset === null) return []
  const seconds = Math.round(Math.abs(offset) / 1000)
  if (Math.abs(offset) <= CLOCKS) return [ok(`The clocks of both hosts agree (${String(seconds)} s).`)]
  return [
    problem(
      `Directus's clock is ${String(seconds)} s ${offset > 0 ? "ahead of" : "behind"} Medusa's.`,
      "Set both hosts' clocks by NTP. The sync goes on meanwhile.",
    ),
  ]
}

/** Are the two hosts that were asked each other's? */
export function judgePair({ medusa, directus }: Seen): Finding[] {
  const [shop, cms] = [valueOf(medusa.status), valueOf(directus.status)]
  if (!shop || !cms?.running || shop.peerEpoch === null || cms.peerEpoch === null) return []
  const { ok, problem } = tell("pair")
  const findings: Finding[] = []
  if (shop.peerEpoch === cms.epoch && cms.peerEpoch === shop.epoch)
    findings.push(ok("The two are connected to each other."))
  else {
    if (shop.peerEpoch !== cms.epoch)
      findings.push(
        problem(
          `Medusa is connected to another Directus (${shop.directus ?? "not set"}) than the one at ${directus.url ?? ""}.`,
          "Set `directusUrl` in medusa-config, or DIRECTUS_URL here, so that both name the same one.",
        ),
      )
    if (cms.peerEpoch !== shop.epoch)
      findings.push(
        problem(
          `Directus is connected to another Medusa (${cms.medusa}) than the one at ${medusa.url ?? ""}.`,
          "Set MEDUSA_URL in Directus, or MEDUSA_URL here, so that both name the same one.",
        ),
      )
  }
  const mapping = tell("mapping")
  // While the sides refuse each other for it, their own words name the lines that differ.
  const isTold = [shop, cms].some(({ paused }) => paused?.code === "config_mismatch")
  if (shop.config === cms.config) findings.push(mapping.ok("Both sides have the same mapping."))
  else if (shop.config !== null && !isTold)
    findings.push(
      mapping.problem(
        "The two sides have different mappings.",
        "Give both the same (`mapping` in medusa-config, MEDUSA_SYNC_MAPPING in Directus) and restart both.",
      ),
    )
  return findings
}

export function judgeLicence({ directus }: Seen): Finding[] {
  const licence = valueOf(directus.licence)
  if (!licence) return []
  const { ok, note, problem } = tell("licence", "directus")
  const { status, usage, entitlements } = licence
  const { limit = -1, overage, addon } = entitlements.collections ?? {}
  if (status === "locked")
    return [
      problem(
        "Directus is locked because it uses more than its licence has.",
        "Deactivate collections in Directus (Settings → Data Model), or enter a licence key under Settings → Licence.",
      ),
    ]
  if ([limit, overage, addon].includes(-1)) return [ok("The licence sets no limit of collections.")]
  const most = limit + (overage ?? 0) + (addon ?? 0)
  const used = `${String(usage.collections)} of ${String(most)} collections of the licence are in use`
  return usage.collections >= most
    ? [note(`${used}: no more can be made.`, "A new kind or language needs room: deactivate a collection first.")]
    : [ok(`${used}.`)]
}
