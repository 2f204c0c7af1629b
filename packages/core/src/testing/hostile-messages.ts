import { randomUUID } from "node:crypto"
import { LIMITS, type Message } from "../wire/messages.ts"

/** A request that a receiver must refuse, or take without writing anything. */
export interface Hostile {
  /** What is wrong with it. */
  what: string
  body: string | Buffer
  headers: Record<string, string>
  /** The answers that are right. */
  statuses: number[]
}

export interface HostileParts {
  /** 0 ≤ n < 1. */
  random: () => number
  /** A message that was taken already: its revs are old, so nothing in it is news. */
  genuine: Message
  /** The three headers for a body, with the right key. */
  sign: (id: string, body: string | Buffer) => Record<string, string>
  /** Stands in every text that is made up; no answer and no log may show it. */
  canary: string
}

type Json = Record<string, unknown>
type Place = { holder: Json; at: string; path: string; mayBeMissing: boolean }

/** Makes one; with a seeded `random` the same ones in the same order, but for the ids. */
export function hostileMessage({ random, genuine, sign, canary }: HostileParts): Hostile {
  const below = (n: number): number => Math.floor(random() * n)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const id = randomUUID()
  const message = { ...structuredClone(genuine), id } as unknown as Json
  const records = message["records"] as Json[]
  const [record] = records as [Json]
  const signed = (what: string, body: string | Buffer, ...statuses: number[]): Hostile => ({
    what,
    body,
    headers: sign(id, body),
    statuses,
  })
  const json = (what: string, ...statuses: number[]): Hostile => signed(what, JSON.stringify(message), ...statuses)

  const kinds: (() => Hostile)[] = [
    function wrongType() {
      const { holder, at, path } = pick(placesIn(message))
      holder[at] = pick(junkFor(holder[at], canary))
      return json(`a wrong value at ${path}`, 400)
    },
    function missing() {
      const { holder, at, path } = pick(placesIn(message).filter(({ mayBeMissing }) => !mayBeMissing))
      Reflect.deleteProperty(holder, at)
      return json(`nothing at ${path}`, 400)
    },
    function unknownKey() {
      const target = pick([message, record])
      target[canary] = pick([1, canary, {}, null])
      return json("a key that nobody knows", 400)
    },
    function forbiddenKey() {
      const name = pick(["__proto__", "constructor", "prototype"])
      const text = JSON.stringify(message)
      const holes = [...text.matchAll(/\{(?=")/g)].map(({ index }) => index + 1)
      const at = pick(holes)
      return signed(`${name} as a key`, `${text.slice(0, at)}"${name}":{"${canary}":true},${text.slice(at)}`, 400)
    },
    function doubledKey() {
      const text = JSON.stringify(message)
      const [found, name = ""] = pick([...text.matchAll(/"(\w+)":/g)])
      const at = text.indexOf(found)
      const written = random() < 0.5 ? name : `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`
      return signed(`${name} twice`, `${text.slice(0, at)}"${written}":"${canary}",${text.slice(at)}`, 400)
    },
    function nested() {
      const levels = pick([LIMITS.depth + 2, 50, 5_000, 60_000])
      const value = pick(["[", '{"a":'])
      const text = JSON.stringify({ ...message, records: [{ ...record, fields: { title: ["@", 0] } }] })
      const close = value === "[" ? "]" : "}"
      return signed(
        `${String(levels)} levels`,
        text.replace('"@"', `${value.repeat(levels)}1${close.repeat(levels)}`),
        ...(levels * value.length > 200_000 ? [400, 413] : [400]),
      )
    },
    function broken() {
      const text = JSON.stringify(message)
      if (random() < 0.5) return signed("cut off", text.slice(0, below(text.length)), 400)
      const at = pick(outsideOfStrings(text))
      const piece = pick(["{", "}", "[", "]", '"', ",", ":", "\u0000", "\ufeff", canary])
      return signed("a stray character", text.slice(0, at) + piece + text.slice(at), 400)
    },
    function notAMessage() {
      const bodies = ["", "null", "[]", "{}", "0", `"${canary}"`, "[[[[", "true", " ", `{"v":1,"x":"${canary}"}`]
      return signed("no message at all", pick(bodies), 400)
    },
    function bytes() {
      const length = 1 + below(2_000)
      return signed("any bytes", Buffer.from(Array.from({ length }, () => below(256))), 400)
    },
    function tooMuch() {
      const grow = pick([
        () =>
          (message["records"] = Array.from({ length: LIMITS.records + 1 }, (_, i) => ({
            ...record,
            id: `x${String(i)}`,
          }))),
        () => (message["records"] = [record, record]),
        () => (record["id"] = canary.padEnd(LIMITS.idLength + 1, "x")),
        () => (record["entity"] = canary.padEnd(LIMITS.nameLength + 1, "x")),
        () =>
          (record["fields"] = Object.fromEntries(
            Array.from({ length: LIMITS.fields + 1 }, (_, i) => [`${canary}${String(i)}`, ["x", 0]]),
          )),
        () => (record["fields"] = { [canary.padEnd(LIMITS.nameLength + 1, "x")]: ["x", 0] }),
      ])
      grow()
      return json("more than is allowed", 400)
    },
    function tooLarge() {
      return signed("too large", JSON.stringify({ v: canary.repeat(Math.ceil(LIMITS.bodyBytes / canary.length)) }), 413)
    },
    function stranger() {
      const [status, change] = pick<[number, Json]>([
        [409, { epoch: randomUUID() }],
        [409, { peer_epoch: randomUUID() }],
        [409, { epoch: randomUUID(), past: [randomUUID()] }],
        [409, { config: canary }],
        [403, { from: message["to"], to: message["from"] }],
        [403, { to: message["from"] }],
        [400, { from: canary }],
        [400, { v: 2 }],
      ])
      Object.assign(message, change)
      return json(`another ${Object.keys(change).join(" and ")}`, status)
    },
    function badAsk() {
      message["records"] = []
      message["ask"] = pick<unknown>([
        { kind: canary },
        { kind: "digest", [canary]: 1 },
        { kind: "links" },
        { kind: "links", buckets: [-1] },
        { kind: "links", buckets: [1024] },
        { kind: "links", buckets: canary },
        { kind: "retell", records: [{ entity: canary, id: canary }] },
        { kind: "retell", records: Array.from({ length: 1001 }, () => ({ entity: "product", id: "x", seen: 0 })) },
        { kind: "missing", records: [{ entity: canary }] },
        { kind: "missing", records: Array.from({ length: 1001 }, () => ({ entity: "product", id: "x" })) },
        { kind: "preview", records: [{ ...record, rev: -1 }] },
        { kind: "resolved", ids: [""] },
        [],
        canary,
        1,
      ])
      return json("an ask that is none", 400)
    },
    function askForNothing() {
      message["records"] = []
      message["ask"] = pick<unknown>([
        { kind: "links", buckets: [] },
        { kind: "links", buckets: Array.from({ length: 1024 }, (_, i) => i) },
        { kind: "retell", records: [{ entity: canary, id: canary, seen: Number.MAX_SAFE_INTEGER }] },
        { kind: "retell", records: [{ entity: "product", id: canary, seen: 0 }] },
        { kind: "missing", records: [{ entity: canary, id: "x" }] },
        { kind: "preview", records: [{ ...record, entity: canary }] },
        { kind: "resolved", ids: [canary, randomUUID()] },
      ])
      return json("an ask about what is not there", 200)
    },
    function inconsistent() {
      const changes: Json[] = [
        { entity: canary },
        { fields: { [canary]: [canary, Number.MAX_SAFE_INTEGER] } },
        { alive_rev: (record["rev"] as number) + 1, alive: false },
      ]
      Object.assign(record, pick(changes))
      return json("a record that cannot be", 200)
    },
    function tampered() {
      const text = Buffer.from(JSON.stringify(message))
      const right = signed("", text)
      const other = Buffer.from(text)
      const at = below(other.length)
      other[at] = ((other[at] ?? 0) + 1 + below(254)) % 256
      return { ...right, what: "changed after it was signed", body: other, statuses: [401] }
    },
    function wrongHeaders() {
      const right = signed("", JSON.stringify(message))
      const name = pick(["webhook-id", "webhook-timestamp", "webhook-signature"])
      const known = right.headers[name] ?? ""
      const wrong = pick([
        "",
        canary,
        `0${known}`,
        "-1",
        "1e9",
        "9".repeat(12),
        "0",
        "v1,",
        "v1, v1, v1, v1, v1, v1, v1, v1, v1, v1,",
        `v1,${Buffer.from(canary).toString("base64")}`,
        "v1,".repeat(2_000),
        known.toUpperCase().replace(/^V1/, "v2"),
      ])
      const headers = { ...right.headers, [name]: wrong === known ? `${known}x` : wrong }
      return { ...right, what: `a wrong ${name}`, headers, statuses: [401, 429] }
    },
    function noHeaders() {
      return { ...json("no signature"), headers: {}, statuses: [401, 429] }
    },
  ]
  return pick(kinds)()
}

/** What a field of this kind never is. */
function junkFor(known: unknown, canary: string): unknown[] {
  const objects = [{}, { [canary]: canary }]
  const counters = [-1, 1.5, 1e300, 2 ** 53, canary, "1", true, null, []]
  switch (typeof known) {
    case "number":
      return [...counters, ...objects]
    case "string":
      return [0, 1e300, true, [], [canary], ...objects]
    case "boolean":
      return [0, 1, canary, "true", null, [], ...objects]
    default:
      if (known === null) return [0, true, [canary]]
      return [
        0,
        canary,
        true,
        ...(Array.isArray(known)
          ? [{}, [canary], [canary, -1], [canary, 0, -1], [canary, 0, 0, -1], [canary, 0, 1, 0, 0]]
          : [[canary]]),
      ]
  }
}

/** Every place whose type the protocol fixes: all but the values themselves. */
function placesIn(message: Json): Place[] {
  const walk = (holder: Json, path: string, isFields: boolean): Place[] =>
    Object.keys(holder)
      .filter((at) => at !== "past" && at !== "ask")
      .flatMap((at) => {
        const place = { holder, at, path: `${path}${at}`, mayBeMissing: isFields }
        const value = holder[at]
        if (at === "records") return [place, ...(value as Json[]).flatMap((each) => walk(each, "records.0.", false))]
        if (isFields || typeof value !== "object" || value === null) return [place]
        return [place, ...walk(value as Json, `${place.path}.`, at === "fields")]
      })
  return walk(message, "", false)
}

function outsideOfStrings(text: string): number[] {
  const places: number[] = []
  let inside = false
  for (let i = 0; i < text.length; i++) {
    if (!inside) places.push(i)
    if (inside && text[i] === "\\") i++
    else if (text[i] === '"') inside = !inside
  }
  return places
}
