import { CHECKS, type Finding } from "./finding.ts"
import { judgeClocks, judgeLicence, judgePair, judgeSecret, judgeVersions } from "./judge-pair.ts"
import { judgeAccess, judgeSchema, judgeSync, judgeTriggers, judgeWay } from "./judge-side.ts"
import { SIDES, type Seen } from "./seen.ts"

/** Pure: what was seen, as findings in the order of the checks. */
export function judge(seen: Seen): Finding[] {
  const findings = [
    ...SIDES.flatMap((side) => [
      ...judgeAccess(side, seen[side]),
      ...judgeWay(side, seen[side]),
      ...judgeSync(side, seen[side]),
    ]),
    ...judgeVersions(seen),
    ...judgeSecret(seen),
    ...judgeClocks(seen),
    ...judgePair(seen),
    ...judgeSchema(seen),
    ...judgeLicence(seen),
    ...judgeTriggers(seen.medusa.status, seen.directus.status),
  ]
  const place = ({ check }: Finding): number => CHECKS.indexOf(check)
  return findings.toSorted((a, b) => place(a) - place(b))
}
