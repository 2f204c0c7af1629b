import { randomUUID } from "node:crypto"
import { receive } from "../src/run/run-apply.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { MemoryHostOptions } from "../src/testing/memory-table.ts"
import type { Message, WireRecord } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"

export const record = (more: Partial<WireRecord> = {}): WireRecord =>
  wireRecord({ fields: { title: ["Shirt", 1], handle: ["shirt", 1] }, ...more })

/** Directus, and what Medusa tells it. */
export function receiver(options: Partial<MemoryHostOptions> = {}) {
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, { directus: { log: (line) => void lines.push(line), ...options } })
  const { directus, medusa } = pair
  const message = (records: WireRecord[] = [], more: Partial<Message> = {}): Message => ({
    v: 1,
    id: randomUUID(),
    from: "medusa:a",
    to: "directus:",
    epoch: medusa.control.epoch,
    peer_epoch: directus.control.epoch,
    beat: 0,
    peer_beat: 0,
    config: directus.ports.config.hash,
    records,
    ...more,
  })
  const tell = (...records: WireRecord[]) => receive(directus.ports, message(records))
  const results = async (...records: WireRecord[]) => {
    const reply = await tell(...records)
    return reply.kind === "results" ? reply.results : []
  }
  const ask = (more: Partial<Message>, records: WireRecord[] = []) => receive(directus.ports, message(records, more))
  return { pair, directus, lines, tell, results, ask, link: (id: string) => directus.table("product").links.get(id) }
}
