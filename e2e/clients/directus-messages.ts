import { randomUUID } from "node:crypto"
import { directionKey, resolveConfig, sign, type RecordResult } from "medusa-directus-core/host"
import type { Stack } from "../stack/stack.ts"

/** `fields` are those that change; all of them the first time. */
type Told = { entity: string; id: string; fields: Record<string, unknown> }

/** Tells Medusa of records as Directus would, while that one is down: signed messages. */
export function makeDirectusMessages(stack: Stack) {
  const epoch = randomUUID()
  const config = resolveConfig(stack.options.mapping).hash
  const revs = new Map<string, number>()

  async function post(message: Record<string, unknown> & { id: string }): Promise<Response> {
    const body = JSON.stringify(message)
    const signed = sign(directionKey(stack.secret, "directus", "message"), message.id, new Date(), body)
    const headers = { "content-type": "application/json", ...signed }
    return fetch(`${stack.medusa.url}/hooks/directus`, { method: "POST", headers, body })
  }

  async function recordOf({ entity, id, fields }: Told): Promise<Record<string, unknown>> {
    const rev = (revs.get(id) ?? 0) + 1
    revs.set(id, rev)
    const [link] = await stack.shop.links({ peer_id: id })
    return {
      ...{ entity, id, rev, seen: link?.rev ?? 0, peer: link?.local_id ?? null },
      key: fields["handle"] ? { field: "handle", value: fields["handle"] } : null,
      ...{ full: !link, hops: 0, alive: true, alive_rev: link ? 0 : rev },
      fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value, rev]])),
    }
  }

  async function send(...told: Told[]): Promise<Response> {
    const records = await Promise.all(told.map(recordOf))
    const peers = { from: "directus:e2e", to: "medusa:e2e", epoch, peer_epoch: null, beat: 0, peer_beat: 0 }
    return post({ v: 1, id: randomUUID(), ...peers, config, records })
  }

  async function tell(...told: Told[]): Promise<RecordResult[]> {
    const answer = await send(...told)
    const { results } = (await answer.json()) as { results?: RecordResult[] }
    if (!results) throw new Error(`Medusa answered ${String(answer.status)}.`)
    return results
  }

  return { send, tell }
}
