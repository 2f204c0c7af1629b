import type { HostDatabase, HostSelf } from "../ports.ts"
import { fieldOf } from "../mapping/entity.ts"
import { describeRecords, type Described } from "./describe-records.ts"
import type { RecordId } from "./quarantine.ts"
import { nameOf } from "./record-state.ts"
import type { RecordStateName } from "../operate/states.ts"
import { seeRecords } from "./see-records.ts"

/** The record that another one waits for. */
export interface Needed extends RecordId, Pick<Described, "title"> {
  /** How it is on this side. */
  state: RecordStateName
}

/** As `planPush` and `recordResult` say it. */
const REFERS = /^need_parent: (.+?) refers to (.+?), which /s

/** @returns what a record in this state waits for; `null` = for none that it names. */
export async function readNeeded(
  ports: HostSelf & HostDatabase,
  kind: string,
  { reason }: { reason: string | null },
): Promise<Needed | null> {
  const [, field = "", localId = ""] = REFERS.exec(reason ?? "") ?? []
  const definition = ports.config.entities.get(kind)
  const entity = definition && fieldOf(definition, field)?.to
  if (entity === undefined) return null
  const [seen] = await ports.transaction((tx) => seeRecords(ports.config, tx, entity, [localId]))
  const [described] = await describeRecords(ports, [{ entity, localId }])
  if (!seen) return null
  return { entity, localId, title: described?.title ?? null, state: nameOf(seen) }
}
