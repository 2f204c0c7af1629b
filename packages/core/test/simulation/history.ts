import type { Document, Side } from "../../src/document/value.ts"
import { otherSide } from "../../src/document/value.ts"
import { SyncError } from "../../src/errors.ts"
import { receive } from "../../src/flow/run-apply.ts"
import { preparePush, recordReply, type Outgoing } from "../../src/flow/run-push.ts"
import type { Reply } from "../../src/ports.ts"
import type { Message, RecordResult } from "../../src/wire/messages.ts"
import { MemoryHost } from "../../src/testing/memory-host.ts"
import type { Point } from "../../src/testing/memory-table.ts"
import { Ledger } from "./ledger.ts"
import type { Mix } from "./mixes.ts"
import { findFailure } from "./oracle.ts"
import { Random } from "./random.ts"
import { CONFIGS, SLUGS, STATUSES, TAGS } from "./shop.ts"

export const ENTITY = "thing"
const SIDES = ["medusa", "directus"] as const
const POINTS: readonly Point[] = ["begin", "locked", "read", "before-write", "written", "before-commit", "committed"]

export interface Outcome {
  failure: string | null
  edits: number
  pushes: number
  /** Pushes that changed nothing on the receiver. */
  echoes: number
  writes: number
  /** Most pushes of one record after the last edit, with no more faults. */
  drainPushes: number
  conflicts: number
  quarantined: number
}

type Packet =
  | { kind: "request"; from: Side; outgoing: Outgoing; readyAt: number }
  | { kind: "reply"; to: Side; outgoing: Outgoing; reply: Reply; readyAt: number }

/** A value that begins like this, and with the name of a host, is refused by that host. */
export const POISON = "!"

const WAITS = new Set(["failed", "await", "quarantined"])

class Crash extends Error {}

/** One random history of two hosts, a network and people, driven through the engine's own run functions. */
export class History {
  readonly random: Random
  readonly mix: Mix
  readonly hosts: Record<Side, MemoryHost>
  readonly ledger: Ledger
  sent = 0
  /** Messages all of whose records were taken. */
  readonly applied: Message[] = []
  #network: Packet[] = []
  #now = 1_700_000_000_000
  #step = 0
  #noise = 0
  #messages = 0
  #tokens = 0
  #faults = true
  #crashAt: { side: Side; point: Point } | null = null
  #down: Side | null = null
  #raceAt: { side: Side; point: Point; act: () => void } | null = null
  pushes = 0
  actions = 0
  readonly pushesOf = new Map<string, number>()
  trace: string[] | null = null

  constructor(seed: number, mix: Mix, trace = false) {
    this.random = new Random(seed)
    this.mix = mix
    this.ledger = new Ledger(mix.rewrite)
    if (trace) this.trace = []
    const config = this.random.pick(CONFIGS)
    const host = (side: Side): MemoryHost =>
      new MemoryHost({
        side,
        config,
        epoch: side === "medusa" ? "00000000-0000-4000-8000-000000000001" : "00000000-0000-4000-8000-000000000002",
        clock: () => this.#now,
        newId: () => `message-${String(++this.#messages)}`,
        at: (point) => this.#at(side, point),
        ...(side === "medusa" ? { unique: "slug" } : {}),
        ...(mix.ownMark > 0 ? { marksOwn: () => this.random.chance(mix.ownMark) } : {}),
        rewrite: (field, value) => this.#rewrite(side, field, value),
      })
    this.hosts = { medusa: host("medusa"), directus: host("directus") }
  }

  async run(steps: number): Promise<Outcome> {
    for (this.#step = 0; this.#step < steps; this.#step++) {
      this.#now += this.random.below(20_000)
      if (this.mix.sequential) {
        this.#act(this.random.pick(SIDES))
        await this.#settle()
      } else await this.#randomStep()
    }
    this.#faults = false
    this.pushesOf.clear()
    const revertsBefore = this.#reverts()
    for (const side of SIDES) this.hosts[side].sweep()
    const settled = await this.#settle()
    let drainPushes = 0
    for (const count of this.pushesOf.values()) drainPushes = Math.max(drainPushes, count)
    // Putting back what only the other side may change is an answer of its own.
    const allowed = 2 + this.#reverts() - revertsBefore
    let failure = settled ? findFailure(this) : "I3 the two sides never come to rest"
    if (!failure && drainPushes > allowed)
      failure = `I3 ${String(drainPushes)} pushes of one record after the last edit`
    if (!failure && this.applied.length > 0 && this.random.chance(0.1)) failure = await this.#again()
    const writes = SIDES.reduce((sum, side) => sum + this.hosts[side].writes, 0)
    if (!failure && this.mix.sequential && this.pushes !== this.actions)
      failure = `I7 ${String(this.pushes)} pushes for ${String(this.actions)} edits`
    return {
      failure,
      edits: this.actions,
      pushes: this.pushes,
      echoes: this.mix.sequential ? this.pushes - this.actions : 0,
      writes,
      drainPushes,
      conflicts: SIDES.reduce((sum, side) => sum + this.hosts[side].conflicts.size, 0),
      quarantined: SIDES.reduce(
        (sum, side) =>
          sum +
          [...this.hosts[side].table(ENTITY).links.values()].filter((link) => link.state === "quarantined").length,
        0,
      ),
    }
  }

  #say(text: () => string): void {
    this.trace?.push(`${String(this.#step)} ${text()}`)
  }

  #rewrite(side: Side, field: string, value: Document[string]): Document[string] {
    if (typeof value !== "string") return value ?? null
    if (value.startsWith(POISON + side)) throw new SyncError("rejected_by_host", "The host does not like this.")
    if (!this.mix.rewrite) return value
    if (field === "status") return side === "directus" && value === "proposed" ? "draft" : value
    if (field === "slug") return value
    return `${value.split("~")[0] ?? ""}~${side.charAt(0)}${String(++this.#noise)}`
  }

  #at(side: Side, point: Point): void {
    if (this.#down === side) throw new Crash(`${side} is down`)
    if (this.#crashAt?.side === side && this.#crashAt.point === point) {
      this.#crashAt = null
      this.#down = side
      this.#say(() => `${side} crashes at ${point}`)
      throw new Crash(`${side} crashed at ${point}`)
    }
    if (this.#raceAt?.side === side && this.#raceAt.point === point) {
      const { act } = this.#raceAt
      this.#raceAt = null
      act()
    }
  }

  async #randomStep(): Promise<void> {
    const roll = this.random.next()
    const side = this.random.pick(SIDES)
    if (roll < 0.3) this.#act(side)
    else if (roll < 0.6) await this.#send(side)
    else if (roll < 0.98) await this.#deliver()
    else this.hosts[side].sweep()
  }

  #rows(side: Side): string[] {
    return [...this.hosts[side].table(ENTITY).rows.keys()]
  }

  /** A person does something on one host. */
  #act(side: Side): void {
    const host = this.hosts[side]
    const marked = !(this.#faults && this.random.chance(this.mix.lostHook))
    const alive = (id: string): boolean => (host.table(ENTITY).links.get(id)?.standing ?? "alive") === "alive"
    // What is done to an archived record waits until it is back, so it is no push of its own.
    const rows = this.mix.sequential ? this.#rows(side).filter(alive) : this.#rows(side)
    const roll = this.random.next()
    if (rows.length === 0 || (roll < 0.12 && rows.length < 5)) {
      this.#create(side, marked)
      return
    }
    if (roll < 0.2) {
      const remains = [...host.table(ENTITY).remains.keys()]
      if (remains.length > 0) {
        const id = this.random.pick(remains)
        if (host.restore(ENTITY, id, marked)) {
          this.actions++
          this.#say(() => `${side} restores ${id}`)
          return
        }
      }
    }
    const id = this.random.pick(rows)
    if (roll < 0.28) {
      this.#say(() => `${side} deletes ${id}`)
      host.remove(ENTITY, id, marked, (row) => {
        this.actions++
        this.ledger.removed(side, id, row)
      })
      return
    }
    this.#edit(side, id, this.#change(side, id), marked)
  }

  #create(side: Side, marked: boolean): void {
    const host = this.hosts[side]
    const slug = this.random.pick(SLUGS)
    const holds = (s: Side): boolean =>
      [...this.hosts[s].table(ENTITY).rows.values(), ...this.hosts[s].table(ENTITY).remains.values()].some(
        (row) => row["slug"] === slug,
      )
    if (
      this.mix.sequential
        ? holds("medusa") || holds("directus")
        : [...host.table(ENTITY).rows.values()].some((row) => row["slug"] === slug)
    )
      return
    const fields: Document = { slug, title: this.#token(side), status: this.random.pick(STATUSES) }
    const id = host.create(ENTITY, fields, marked)
    this.actions++
    this.ledger.edited(side, id, fields, {})
    this.#say(() => `${side} creates ${id} ${JSON.stringify(fields)}`)
  }

  #token(side: Side): string {
    const poison = this.mix.poison > 0 && this.random.chance(this.mix.poison)
    return `${poison ? POISON + otherSide(side) : ""}e${String(++this.#tokens)}`
  }

  #change(side: Side, id: string): Document {
    const row = this.hosts[side].table(ENTITY).rows.get(id) ?? {}
    const roll = this.random.next()
    if (roll < 0.35) return { title: this.#token(side) }
    if (roll < 0.6) return { note: this.#token(side) }
    if (roll < 0.75) return { status: this.random.pick(STATUSES) }
    if (roll < 0.85) {
      const tag = this.random.pick(TAGS)
      return { [tag]: row[tag] === true ? null : true }
    }
    if (roll < 0.92 && !this.mix.sequential) return { slug: this.random.pick(SLUGS) }
    if (side === "directus" && this.mix.sequential) return { note: this.#token(side) }
    return { sku: this.#token(side) }
  }

  #edit(side: Side, id: string, fields: Document, marked: boolean): void {
    this.hosts[side].edit(ENTITY, id, fields, marked, (row) => {
      if (Object.entries(fields).every(([name, value]) => this.ledger.norm(row[name]) === this.ledger.norm(value)))
        return
      this.actions++
      this.ledger.edited(side, id, fields, row)
      this.#say(() => `${side} edits ${id} ${JSON.stringify(fields)} over ${JSON.stringify(row)}`)
    })
  }

  /** Runs `work` on one host, which may die at any point of it. `null` = it died. */
  async #on<T>(side: Side, work: () => Promise<T>): Promise<T | null> {
    if (this.#faults && this.random.chance(this.mix.crash)) this.#crashAt = { side, point: this.random.pick(POINTS) }
    try {
      const result = await work()
      return this.#down === side ? null : result
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      return null
    } finally {
      if (this.#down === side) this.hosts[side].crash()
      this.#down = null
      this.#crashAt = null
    }
  }

  async #send(side: Side): Promise<void> {
    const { ports } = this.hosts[side]
    const marks = await ports.lease(1 + this.random.below(4))
    if (marks.length === 0) return
    const prepared = await this.#on(side, () => preparePush(ports, marks))
    for (const outgoing of prepared ?? []) {
      for (const record of outgoing.message.records) {
        this.pushes++
        const key = `${side}:${record.id}`
        this.pushesOf.set(key, (this.pushesOf.get(key) ?? 0) + 1)
        if (this.#faults && !this.mix.sequential && this.random.chance(0.01))
          record.fields["hostile"] = ["x", record.rev]
      }
      this.sent++
      this.#say(() => `${side} sends ${JSON.stringify(outgoing.message.records)}`)
      if (this.#faults && this.random.chance(this.mix.drop)) continue
      this.#network.push({ kind: "request", from: side, outgoing, readyAt: this.#later() })
      if (this.#faults && this.random.chance(this.mix.duplicate))
        this.#network.push({ kind: "request", from: side, outgoing, readyAt: this.#later() })
    }
  }

  #later(): number {
    return this.#faults && this.mix.delay > 0 ? this.#step + this.random.below(this.mix.delay) : 0
  }

  async #deliver(): Promise<boolean> {
    const isReady = (packet: Packet): boolean => !this.#faults || packet.readyAt <= this.#step
    const first = this.#network.findIndex(isReady)
    if (first === -1) return false
    const next =
      this.mix.reorder && this.#faults
        ? this.random.pick(this.#network.flatMap((packet, i) => (isReady(packet) ? [i] : [])))
        : first
    const [packet] = this.#network.splice(next, 1)
    if (packet?.kind === "request") {
      const to = otherSide(packet.from)
      this.#plotRace(to, packet.outgoing.message)
      const reply = await this.#on(to, () => receive(this.hosts[to].ports, packet.outgoing.message))
      this.#raceAt = null
      if (reply?.kind === "results") this.#note(packet, reply.results)
      this.#say(() => `${to} answers ${JSON.stringify(reply)}`)
      if (!reply || (this.#faults && this.random.chance(this.mix.drop))) {
        // The sender sees a broken connection, or dies itself and sees nothing.
        const lost: Reply = { kind: "unreachable", message: "lost", retryAfter: null }
        if (this.random.chance(0.5))
          this.#network.push({
            kind: "reply",
            to: packet.from,
            outgoing: packet.outgoing,
            reply: lost,
            readyAt: this.#later(),
          })
      } else
        this.#network.push({ kind: "reply", to: packet.from, outgoing: packet.outgoing, reply, readyAt: this.#later() })
    } else if (packet) {
      if (this.#faults && this.random.chance(this.mix.crash)) return true // between ack and record
      await this.#on(packet.to, () => recordReply(this.hosts[packet.to].ports, packet.outgoing, packet.reply))
    }
    return true
  }

  /** A record that is refused (a slug that is taken) or has to wait is tried again by schedule: that is no loop. */
  #note(packet: Packet & { kind: "request" }, results: RecordResult[]): void {
    if (results.every(({ st }) => st === "ok" || st === "created" || st === "stale"))
      this.applied.push(packet.outgoing.message)
    packet.outgoing.message.records.forEach((record, i) => {
      const peer = results[i]?.peer
      if (peer)
        this.ledger.paired(packet.from === "medusa" ? record.id : peer, packet.from === "medusa" ? peer : record.id)
      const key = `${packet.from}:${record.id}`
      if (WAITS.has(results[i]?.st ?? "")) this.pushesOf.set(key, (this.pushesOf.get(key) ?? 0) - 1)
    })
  }

  /** Somebody edits the very record that is being written, at a moment between our read and our commit. */
  #plotRace(side: Side, message: Message): void {
    if (!this.#faults || !this.random.chance(this.mix.race)) return
    const record = this.random.pick(message.records)
    const { byPeer } = this.hosts[side].table(ENTITY)
    const id = byPeer.get(record.id)
    if (id === undefined) return
    const name = this.random.pick(["title", "note"])
    this.#raceAt = {
      side,
      point: this.random.pick(["read", "before-write", "written"]),
      act: () => this.#edit(side, id, { [name]: this.#token(side) }, true),
    }
  }

  #reverts(): number {
    return [...this.hosts.medusa.conflicts.values()].filter((conflict) => conflict.kind === "read_only").length
  }

  /** Everything is delivered, nothing fails any more; false when it never comes to rest. */
  async #settle(): Promise<boolean> {
    for (let round = 0; round < 60; round++) {
      let busy = false
      while (await this.#deliver()) busy = true
      for (const side of SIDES) {
        const before = this.sent
        await this.#send(side)
        if (this.sent > before) busy = true
        while (await this.#deliver()) busy = true
      }
      if (!busy && !SIDES.some((side) => this.hosts[side].hasDueMarks())) return true
      if (!this.mix.sequential || !busy) this.#now += 26 * 3600_000
    }
    return false
  }

  /** I5: every message that was ever applied, again, in any order. */
  async #again(): Promise<string | null> {
    const before = this.#state()
    for (let i = 0; i < Math.min(this.applied.length, 60); i++) {
      const message = this.random.pick(this.applied)
      const to: Side = message.from.startsWith("medusa") ? "directus" : "medusa"
      await receive(this.hosts[to].ports, message)
      if (this.trace && this.#state() !== before)
        return `I5 ${message.id} applied again changes ${before} to ${this.#state()}: ${JSON.stringify(message.records)}`
    }
    return this.#state() === before ? null : "I5 messages applied again change something"
  }

  #state(): string {
    const inbox = new Set(SIDES.flatMap((side) => [...this.hosts[side].conflicts.keys()]))
    return JSON.stringify([SIDES.map((side) => [...this.hosts[side].table(ENTITY).rows]), inbox.size])
  }
}
