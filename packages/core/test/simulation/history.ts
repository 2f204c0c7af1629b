import type { Document, Side } from "../../src/document/value.ts"
import { otherSide } from "../../src/document/value.ts"
import { SyncError } from "../../src/errors.ts"
import { nothingAhead, putDown, takeReady, type Ahead } from "../../src/flow/ahead.ts"
import { receive } from "../../src/flow/run-apply.ts"
import { sayHello } from "../../src/flow/ask-peer.ts"
import { preparePush, type Outgoing } from "../../src/flow/prepare-push.ts"
import { recordReply } from "../../src/flow/record-reply.ts"
import type { Reply } from "../../src/ports.ts"
import { repairLinks } from "../../src/repair/run-repair.ts"
import type { Message, RecordResult } from "../../src/wire/messages.ts"
import { MemoryHost, type Backup } from "../../src/testing/memory-host.ts"
import type { Point } from "../../src/testing/memory-table.ts"
import { Ledger, type Edit } from "./ledger.ts"
import type { Mix } from "./mixes.ts"
import { findFailure, shared } from "./oracle.ts"
import { Random } from "./random.ts"
import { CONFIGS, FAMILY_CONFIGS, KINDS, SLUGS, STATUSES, TAGS } from "./shop.ts"
import { keepUp } from "./upkeep.ts"

const SIDES = ["medusa", "directus"] as const
/** What is under way arrives first, then each side sends. */
const ROUND = [null, ...SIDES] as const
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

interface Request {
  kind: "request"
  from: Side
  outgoing: Outgoing
  readyAt: number
  /** Nobody waits for the answer any more. */
  isCut?: boolean
}

type Packet = Request | { kind: "reply"; to: Side; outgoing: Outgoing; reply: Reply; readyAt: number }

/** A value that begins like this, and with the name of a host, is refused by that host. */
export const POISON = "!"

const LOST: Reply = { kind: "unreachable", message: "lost", retryAfter: null }

const WAITS = new Set(["failed", "await", "quarantined", "need_parent"])

class Crash extends Error {}

/** One random history of two hosts, a network and people, driven through the engine's own run functions. */
export class History {
  readonly random: Random
  readonly mix: Mix
  readonly hosts: Record<Side, MemoryHost>
  readonly ledger: Ledger
  readonly kinds: readonly string[]
  sent = 0
  /** Messages all of whose records were taken. */
  readonly applied: Message[] = []
  #network: Packet[] = []
  /** What each sender has made ready and not sent. */
  readonly #ahead: Record<Side, Ahead> = { medusa: nothingAhead(), directus: nothingAhead() }
  #now = 1_700_000_000_000
  #step = 0
  #noise = 0
  #messages = 0
  #tokens = 0
  #faults = true
  #crashAt: { side: Side; point: Point } | null = null
  #down: Side | null = null
  #raceAt: { side: Side; point: Point; act: () => void } | null = null
  #backup: { side: Side; since: number; host: Backup } | null = null
  pushes = 0
  actions = 0
  readonly pushesOf = new Map<string, number>()
  trace: string[] | null = null

  constructor(seed: number, mix: Mix, trace = false) {
    this.random = new Random(seed)
    this.mix = mix
    this.ledger = new Ledger(mix.rewrite)
    if (trace) this.trace = []
    this.kinds = mix.family ? KINDS : ["thing"]
    const config = this.random.pick(mix.family ? FAMILY_CONFIGS : CONFIGS)
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
        // Questions and greetings; records go through the network.
        transport: { send: (message) => this.#ask(side, message) },
      })
    this.hosts = { medusa: host("medusa"), directus: host("directus") }
  }

  async run(steps: number): Promise<Outcome> {
    for (this.#step = 0; this.#step < steps; this.#step++) {
      this.#now += this.random.below(20_000)
      if (this.mix.sequential) {
        this.#act(this.random.pick(SIDES))
        await this.#settle()
      } else {
        const work = this.#randomStep()
        if (work) await work
      }
    }
    this.#faults = false
    if (this.mix.restore > 0) for (const side of [...SIDES, ...SIDES]) await sayHello(this.hosts[side].ports)
    // What comes back or goes changes those that refer to it, and no hook tells: the next sweep does.
    if (this.mix.family || this.mix.restore > 0) await this.#sweepAndSettle()
    this.pushesOf.clear()
    const revertsBefore = this.#reverts()
    const settled = await this.#sweepAndSettle()
    let drainPushes = 0
    for (const count of this.pushesOf.values()) drainPushes = Math.max(drainPushes, count)
    // Putting back what only the other side may change is an answer of its own.
    const allowed = 2 + this.#reverts() - revertsBefore
    let failure = settled ? findFailure(this) : "I3 the two sides never come to rest"
    // Two moves, one of them given back by the other side, can put groups below each other; no shop can.
    if (failure && this.mix.restore > 0 && SIDES.some((side) => this.#hasCircle(side))) failure = null
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
      quarantined: SIDES.flatMap((side) => this.kinds.map((kind) => this.hosts[side].table(kind))).reduce(
        (sum, { links }) => sum + [...links.values()].filter((link) => link.state === "quarantined").length,
        0,
      ),
    }
  }

  #sweepAndSettle(): Promise<boolean> {
    for (const side of SIDES) this.hosts[side].sweep()
    return this.#settle()
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

  #ask(side: Side, message: Message): Promise<Reply> {
    this.#say(() => `${side} asks ${JSON.stringify(message)}`)
    if (this.#faults && this.random.chance(this.mix.drop)) return Promise.resolve(LOST)
    return receive(this.hosts[otherSide(side)].ports, message)
  }

  /** Backups are taken, minutes pass, and a database is set back to one. */
  #restoreStep(side: Side): Promise<unknown> | null {
    const backup = this.#backup
    if (!backup) {
      // Not in the middle of the other side's restore: then it takes both sides' backups to tell what was lost.
      if (SIDES.some((each) => this.hosts[each].control.repair)) return null
      this.#backup = { side, since: this.ledger.now, host: this.hosts[side].backup() }
      this.#say(() => `${side} is backed up`)
      return null
    }
    const { ports, control } = this.hosts[otherSide(backup.side)]
    const isOlder = control.peerBeat > backup.host.control.beat && control.peerEpoch === backup.host.control.epoch
    if (!isOlder || control.repair) return sayHello(this.random.chance(0.5) ? ports : this.hosts[backup.side].ports)
    this.#setBack(backup.side, backup.since, backup.host)
    this.#backup = null
    return null
  }

  /** What a host holds of what people typed: `field|value`. */
  #held(side: Side): string[] {
    return this.kinds.flatMap((kind) => {
      const { rows, remains, links } = this.hosts[side].table(kind)
      const documents = [...rows.values(), ...remains.values(), ...[...links.values()].map(({ snapshot }) => snapshot)]
      return documents
        .flatMap((document) => Object.entries(document ?? {}))
        .map(([field, value]) => this.#text(side, field, value))
    })
  }

  /** The same of its inbox, with the pair: words repeat. */
  #inbox(side: Side): Set<string> {
    const conflicts = [...this.hosts[side].conflicts.values()]
    return new Set(
      conflicts.map(
        ({ localId, field, losingValue }) =>
          `${this.ledger.nameOf(side, localId)}|${this.#text(side, field, losingValue)}`,
      ),
    )
  }

  #conflictTexts(side: Side): string[] {
    return [...this.hosts[side].conflicts.values()].map(({ field, losingValue }) =>
      this.#text(side, field, losingValue),
    )
  }

  #text(side: Side, field: string, value: Document[string]): string {
    return shared(this, side, field, this.ledger.norm(value))
  }

  #setBack(side: Side, since: number, backup: Backup): void {
    this.#say(() => `${side} is set back to its backup`)
    const other = otherSide(side)
    const kept = this.#inbox(other)
    const inbox = new Set([...this.#inbox(side)].filter((text) => !kept.has(text)))
    const held = new Set([...this.#held(other), ...this.#conflictTexts(other)])
    const text = (edit: Edit) => this.#text(edit.side, edit.field, edit.value)
    this.ledger.setBack(side, since, text, held, inbox)
    this.hosts[side].restoreFrom(backup)
    // The process was stopped for it: all of its connections are cut.
    this.#ahead[side].prepared = null
    this.#network = this.#network.flatMap((packet): Packet[] => {
      if (packet.kind === "reply") return packet.to === side ? [] : [packet]
      if (packet.from === side) return [{ ...packet, isCut: true }]
      return [{ kind: "reply", to: other, outgoing: packet.outgoing, reply: LOST, readyAt: packet.readyAt }]
    })
  }

  #randomStep(): Promise<unknown> | null {
    const side = this.random.pick(SIDES)
    if (this.mix.restore > 0 && this.random.chance(this.mix.restore)) return this.#restoreStep(side)
    if (this.mix.upkeep > 0 && this.random.chance(this.mix.upkeep)) {
      this.#say(() => `${side} keeps up`)
      return this.#on(side, () => keepUp(this.hosts[side], this.random))
    }
    const roll = this.random.next()
    if (roll < 0.3) this.#act(side)
    else if (roll < 0.6) return this.#send(side)
    else if (roll < 0.98) {
      const packet = this.#next()
      return packet ? this.#deliver(packet) : null
    } else this.hosts[side].sweep()
    return null
  }

  #rows(side: Side, kind: string): string[] {
    return [...this.hosts[side].table(kind).rows.keys()]
  }

  #kind(): string {
    return this.mix.family ? this.random.pick(this.kinds) : "thing"
  }

  /** A person does something on one host. */
  #act(side: Side): void {
    const host = this.hosts[side]
    const marked = !(this.#faults && this.random.chance(this.mix.lostHook))
    const kind = this.#kind()
    const table = host.table(kind)
    // What is done to an archived record, or to a part of one, waits until it is back, so it is no push of its own.
    const rows = this.mix.sequential
      ? this.#rows(side, kind).filter((id) => this.#isActive(side, kind, id))
      : this.#rows(side, kind)
    const roll = this.random.next()
    if (rows.length === 0 || (roll < 0.12 && rows.length < 5)) {
      this.#create(side, kind, marked)
      return
    }
    if (roll < 0.2) {
      const remains = [...table.remains.keys()]
      if (remains.length > 0) {
        const id = this.random.pick(remains)
        if (!(this.mix.sequential && this.mix.family) && host.restore(kind, id, marked)) {
          this.actions++
          this.#say(() => `${side} restores ${id}`)
          return
        }
      }
    }
    const id = this.random.pick(rows)
    if (roll < 0.28) {
      // Whoever refers to it changes with it: no push of its own.
      if (this.mix.sequential && kind === "group") return
      this.#say(() => `${side} deletes ${id}`)
      this.actions++
      host.remove(kind, id, marked, (row, removed) => this.ledger.removed(side, removed, row))
      return
    }
    this.#edit(side, kind, id, this.#change(side, kind, id), marked)
  }

  #isActive(side: Side, kind: string, id: string): boolean {
    const host = this.hosts[side]
    const link = host.table(kind).links.get(id)
    if (link && link.standing !== "alive") return false
    const parent = link?.parentId
    return parent == null || (host.table("thing").links.get(parent)?.standing ?? "alive") === "alive"
  }

  #create(side: Side, kind: string, marked: boolean): void {
    const host = this.hosts[side]
    const things = kind === "part" ? this.#rows(side, "thing").filter((id) => this.#isActive(side, "thing", id)) : []
    if (kind === "part" && things.length === 0) return
    const slug = this.random.pick(SLUGS)
    const holds = (s: Side): boolean => {
      const { rows, remains } = this.hosts[s].table(kind)
      return [...rows.values(), ...remains.values()].some((row) => row["slug"] === slug)
    }
    if (
      this.mix.sequential
        ? holds("medusa") || holds("directus")
        : [...host.table(kind).rows.values()].some((row) => row["slug"] === slug)
    )
      return
    const fields: Document = { slug, title: this.#token(side) }
    if (kind === "thing") fields["status"] = this.random.pick(STATUSES)
    if (kind === "part") fields["thing"] = this.random.pick(things)
    const id = host.create(kind, fields, marked)
    this.actions++
    this.ledger.edited(side, id, fields, {})
    this.#say(() => `${side} creates ${kind} ${id} ${JSON.stringify(fields)}`)
  }

  #token(side: Side): string {
    const poison = this.mix.poison > 0 && this.random.chance(this.mix.poison)
    return `${poison ? POISON + otherSide(side) : ""}e${String(++this.#tokens)}`
  }

  #change(side: Side, kind: string, id: string): Document {
    const row = this.hosts[side].table(kind).rows.get(id) ?? {}
    const roll = this.random.next()
    if (this.mix.family && roll > 0.4) {
      if (kind !== "thing")
        return roll < 0.7 && kind === "group" ? this.#otherParent(side, id) : { title: this.#token(side) }
      const groups = this.#rows(side, "group").filter((group) => this.#isActive(side, "group", group))
      if (roll > 0.7 && groups.length > 0) {
        const group = this.random.pick(groups)
        if (roll > 0.85) return { group: row["group"] === group ? null : group }
        return { [`groups#${group}`]: row[`groups#${group}`] === true ? null : true }
      }
    }
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

  /** A host lets nobody put a group below itself. */
  #otherParent(side: Side, id: string): Document {
    const { rows } = this.hosts[side].table("group")
    const target = this.random.pick([...rows.keys()])
    const above = new Set<string>()
    for (let at: unknown = target; typeof at === "string" && !above.has(at); at = rows.get(at)?.["above"]) above.add(at)
    return above.has(id) ? { above: null } : { above: target }
  }

  #hasCircle(side: Side): boolean {
    const rows = this.kinds.includes("group") ? this.hosts[side].table("group").rows : new Map<string, Document>()
    return [...rows.keys()].some((id) => {
      const above = new Set<string>()
      let at: unknown = rows.get(id)?.["above"]
      for (; typeof at === "string" && at !== id && !above.has(at); at = rows.get(at)?.["above"]) above.add(at)
      return at === id
    })
  }

  #edit(side: Side, kind: string, id: string, fields: Document, marked: boolean): void {
    this.hosts[side].edit(kind, id, fields, marked, (row) => {
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
      if (this.#down === side) {
        this.hosts[side].crash()
        this.#ahead[side].prepared = null
      }
      this.#down = null
      this.#crashAt = null
    }
  }

  /** `null`: there is nothing to send. */
  #send(side: Side): Promise<void> | null {
    const limit = 1 + this.random.below(4)
    if (this.hosts[side].control.repair) return this.#repair(side)
    if (this.#ahead[side].prepared) return this.#sendReady(side)
    return this.hosts[side].hasWork() ? this.#push(side, limit) : null
  }

  async #repair(side: Side): Promise<void> {
    const { ports, control } = this.hosts[side]
    const { repair, epoch, peerEpoch } = control
    const report = await repairLinks(ports)
    this.#say(() => `${side} compares its links: ${JSON.stringify(report)}`)
    if (report) await ports.updateControl({ repair: null }, { repair, epoch, peerEpoch })
  }

  async #push(side: Side, limit: number): Promise<void> {
    const { ports, control } = this.hosts[side]
    const marks = await ports.lease(limit)
    const messages = (await this.#on(side, () => preparePush(ports, marks, control))) ?? []
    if (messages.length > 0 && this.#faults && this.mix.ahead > 0 && this.random.chance(this.mix.ahead))
      this.#ahead[side].prepared = { marks, control, messages, isLast: false, at: ports.now() }
    else this.#post(side, messages)
  }

  /** A while after it was made ready, or something more urgent came. */
  async #sendReady(side: Side): Promise<void> {
    const { ports, control } = this.hosts[side]
    const ahead = this.#ahead[side]
    if (this.#faults && this.random.chance(0.3)) await this.#on(side, () => putDown(ports, ahead))
    else this.#post(side, (await this.#on(side, () => takeReady(ports, control, ahead)))?.messages ?? [])
  }

  #post(side: Side, messages: Outgoing[]): void {
    for (const outgoing of messages) {
      for (const record of outgoing.message.records) {
        this.pushes++
        this.pushesOf.set(record.id, (this.pushesOf.get(record.id) ?? 0) + 1)
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

  /** Takes a packet off the network that has been under way for long enough. */
  #next(): Packet | undefined {
    if (!this.#faults) return this.#network.shift()
    const ready: number[] = []
    for (const [i, packet] of this.#network.entries()) if (packet.readyAt <= this.#step) ready.push(i)
    const [first] = ready
    if (first === undefined) return undefined
    return this.#network.splice(this.mix.reorder ? this.random.pick(ready) : first, 1)[0]
  }

  /** `null`: the receiver has died. */
  #deliver(packet: Packet): Promise<unknown> | null {
    if (packet.kind === "request") return this.#answer(packet)
    if (this.#faults && this.random.chance(this.mix.crash)) return null // between ack and record
    return this.#on(packet.to, () => recordReply(this.hosts[packet.to].ports, packet.outgoing, packet.reply))
  }

  async #answer(packet: Request): Promise<void> {
    const { from, outgoing } = packet
    const to = otherSide(from)
    this.#plotRace(to, outgoing.message)
    const reply = await this.#on(to, () => receive(this.hosts[to].ports, outgoing.message))
    this.#raceAt = null
    if (reply?.kind === "results") this.#note(packet, reply.results)
    this.#say(() => `${to} answers ${JSON.stringify(reply)}`)
    if (packet.isCut) return
    if (reply && !(this.#faults && this.random.chance(this.mix.drop))) {
      this.#network.push({ kind: "reply", to: from, outgoing, reply, readyAt: this.#later() })
      return
    }
    // The sender sees a broken connection, or dies itself and sees nothing.
    if (this.random.chance(0.5))
      this.#network.push({ kind: "reply", to: from, outgoing, reply: LOST, readyAt: this.#later() })
  }

  /** A record that is refused (a slug that is taken) or has to wait is tried again by schedule: that is no loop. */
  #note(packet: Request, results: RecordResult[]): void {
    if (results.every(({ st }) => st === "ok" || st === "created" || st === "stale"))
      this.applied.push(packet.outgoing.message)
    packet.outgoing.message.records.forEach((record, i) => {
      const peer = results[i]?.peer
      if (peer)
        this.ledger.paired(packet.from === "medusa" ? record.id : peer, packet.from === "medusa" ? peer : record.id)
      if (WAITS.has(results[i]?.st ?? "")) this.pushesOf.set(record.id, (this.pushesOf.get(record.id) ?? 0) - 1)
    })
  }

  /** Somebody edits the very record that is being written, at a moment between our read and our commit. */
  #plotRace(side: Side, message: Message): void {
    if (!this.#faults || !this.random.chance(this.mix.race)) return
    const record = this.random.pick(message.records)
    const { byPeer } = this.hosts[side].table(record.entity)
    const id = byPeer.get(record.id)
    if (id === undefined) return
    const name = this.random.pick(["title", "note"])
    this.#raceAt = {
      side,
      point: this.random.pick(["read", "before-write", "written"]),
      act: () => this.#edit(side, record.entity, id, { [name]: this.#token(side) }, true),
    }
  }

  #reverts(): number {
    return [...this.hosts.medusa.conflicts.values()].filter((conflict) => conflict.kind === "read_only").length
  }

  /** Everything is delivered, nothing fails any more; false when it never comes to rest. */
  async #settle(): Promise<boolean> {
    for (let round = 0; round < 240; round++) {
      let busy = false
      for (const side of ROUND) {
        const before = this.sent
        const sending = side && this.#send(side)
        if (sending) await sending
        if (this.sent > before) busy = true
        for (let packet = this.#next(); packet; packet = this.#next()) {
          busy = true
          await this.#deliver(packet)
        }
      }
      if (!busy && !this.hosts.medusa.hasDueMarks() && !this.hosts.directus.hasDueMarks()) return true
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
    const rows = SIDES.map((side) => this.kinds.map((kind) => [...this.hosts[side].table(kind).rows]))
    return JSON.stringify([rows, inbox.size])
  }
}
