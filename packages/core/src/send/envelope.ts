import { otherSide } from "../document/value.ts"
import type { Control } from "../control.ts"
import type { HostClock, HostSelf } from "../ports.ts"
import { toldPast } from "../guard/meet.ts"
import type { Message, WireRecord } from "../wire/messages.ts"

/** What a message says of its sender, beside its records. */
export const envelope = (ports: HostSelf & HostClock, control: Control, records: WireRecord[]): Message => ({
  v: 1,
  id: ports.newId(),
  from: `${ports.side}:${ports.instance}`,
  to: `${otherSide(ports.side)}:`,
  epoch: control.epoch,
  peer_epoch: control.peerEpoch,
  ...(records.length > 0 || control.past.length === 0 ? {} : { past: toldPast(control.past) }),
  beat: control.beat,
  peer_beat: control.peerBeat,
  config: ports.config.hash,
  records,
})
