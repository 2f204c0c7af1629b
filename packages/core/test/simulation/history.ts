import { otherSide, type Document, type Side } from "../../src/document/value.ts"
import { envelope } from "../../src/send/envelope.ts"
import { receive } from "../../src/run/run-apply.ts"
import { sayHello } from "../../src/send/ask-peer.ts"
import { preparePush, type Outgoing } from "../../src/send/prepare-push.ts"
import { recordReply } from "../../src/send/record-reply.ts"
import type { Control } from "../../src/control.ts"
import type { Reply } from "../../src/ports.ts"
import { repairLinks } from "../../src/repair/run-repair.ts"
import type { Message, RecordResult } from "../../src/wire/messages.ts"
import { MemoryHost } from "../../src/testing/memory-host.ts"
import type { Point } from "../../src/testing/memory-table.ts"
import { mayBeSent, putDown } from "../../src/run/run-push.ts"
import { Hand, type Prepared } from "../../src/send/sending.ts"
import { Automations } from "./automations.ts"
import { Ledger } from "./ledger.ts"
import { Members } from "./members.ts"
import type { Mix } from "./mixes.ts"
import { Moves } from "./moves.ts"
import { LOST, Network, WAITS, type Packet, type Request } from "./packets.ts"
import { findFailure, findUntold, hasCircle } from "./oracle.ts"
import type { Outcome, Played } from "./played.ts"
import { People } from "./people.ts"
import { Crash, POINTS } from "./processes.ts"
import { Random } from "./random.ts"
import { Restores } from "./restores.ts"
import { CONFIGS, FAMILY_CONFIGS, KEEPING_CONFIGS, KINDS, refusePoison, SIDES } from "./shop.ts"
import { keepUp, lookAtAll } from "./upkeep.ts"

/** What is under way arrives first, then each side sends. */
const ROUND = [null, ...SIDES] as const
/** Messages and answers that may follow each other while no time passes. */
const MOST_AT_ONCE = 500

/** One random history of two hosts, a network and people, driven through the engine's own run functions. */
export class History implements Played {
  readonly random: Random
  readonly mix: Mix
  readonly hosts: Record<Side, MemoryHost>
  readonly ledger: Ledger
  readonly kinds: readonly string[]
  readonly members: Members = new Members(this)
  sent = 0
  /** Messages all of whose records were taken. */
  readonly applied: Message[] = []
  readonly #network = new Network(this, () => this.#step)
  /** What each sender has made ready and not sent. */
  readonly #hands: Record<Side, Hand> = { medusa: new Hand(), directus: new Hand() }
  #now = 1_700_000_000_000
  #step = 0
  #noise = 0
  #messages = 0
  #crashAt: { side: Side; point: Point } | null = null
  #down: Side | null = null
  #endless: string | null = null
  #raceAt: { side: Side; point: Point; act: () => void } | null = null
  readonly #people = new People(this)
  readonly #restores = new Restores(this)
  readonly #moves: Moves
  readonly #automations = new Automations(this)
  /** Does anything fail? Not any more when everything is to come to rest. */
  faults = true
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
    const config = this.random.pick(mix.keeps ? KEEPING_CONFIGS : mix.family ? FAMILY_CONFIGS : CONFIGS)
    const host = (side: Side): MemoryHost =>
      new MemoryHost({
        side,
        config,
        epoch: side === "medusa" ? "00000000-0000-4000-8000-000000000001" : "00000000-0000-4000-8000-000000000002",
        clock: () => this.#now,
        newId: () => `message-${String(++this.#messages)}`,
        at: (point) => this.#at(side, point),
        ...(side === "medusa" ? { unique: "slug" } : {}),
        ...(mix.keeps ? { references: this.random.pick(["emptied", "hidden"] as const) } : {}),
        ...(mix.ownMark > 0 ? { marksOwn: () => this.random.chance(mix.ownMark) } : {}),
        rewrite: (field, value) => this.#rewrite(side, field, value),
        // Questions and greetings; records go through the network.
        transport: { send: (message) => this.#ask(side, message) },
      })
    this.hosts = { medusa: host("medusa"), directus: host("directus") }
    this.#moves = new Moves(this, config)
  }

  async run(steps: number): Promise<Outcome> {
    if (this.mix.untold) for (const side of SIDES) this.#people.bring(side)
    for (this.#step = 0; this.#step < steps; this.#step++) {
      this.#now += this.random.below(20_000)
      if (this.mix.sequential) {
        this.#people.act(this.random.pick(SIDES))
        await this.#settle()
      } else {
        const work = this.#randomStep()
        if (work) await work
      }
    }
    this.faults = false
    if (this.mix.restore > 0) for (const side of [...SIDES, ...SIDES]) await sayHello(this.hosts[side].ports)
    if (this.mix.moves > 0) await this.#moves.end(() => this.#settle())
    if (this.mix.automations > 0)
      await this.#automations.end(
        (id, field) => this.#type(id, field),
        () => this.#settle(),
      )
    const untold = this.mix.untold && (await this.#settle()) ? findUntold(this) : null
    // What comes back or goes changes those that refer to it, and no hook tells: the next sweep does.
    if (this.mix.family || this.mix.restore > 0) await this.#sweepAndSettle()
    this.pushesOf.clear()
    const revertsBefore = this.#reverts()
    const settled = await this.#sweepAndSettle()
    let drainPushes = 0
    for (const count of this.pushesOf.values()) drainPushes = Math.max(drainPushes, count)
    // What was stopped may have found its pair just now, and is asked about by the next sweep.
    if (this.mix.moves > 0) await this.#moves.end(() => this.#settle())
    // Putting back what only the other side may change is an answer of its own.
    const allowed = 2 + this.#reverts() - revertsBefore
    let failure = this.#endless ?? untold ?? (settled ? findFailure(this) : "I3 the two sides never come to rest")
    // Two moves, one of them given back by the other side, can put groups below each other; no shop can.
    if (failure && this.mix.restore > 0 && SIDES.some((side) => hasCircle(this, side))) failure = null
    if (!failure && drainPushes > allowed)
      failure = `I3 ${String(drainPushes)} pushes of one record after the last edit`
    if (!failure && this.applied.length > 0 && this.random.chance(0.1)) failure = await this.#again()
    const writes = SIDES.reduce((sum, side) => sum + this.hosts[side].writes, 0)
    if (!failure && this.mix.sequential && this.mix.exchanges === 0 && this.pushes !== this.actions)
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

  #type(id: string, field: string): void {
    this.#people.edit("directus", "thing", id, { [field]: this.#people.token("directus") }, true)
  }

  async #sweepAndSettle(): Promise<boolean> {
    for (const side of SIDES) await lookAtAll(this.hosts[side], this.kinds)
    return this.#settle()
  }

  say(text: () => string): void {
    this.trace?.push(`${String(this.#step)} ${text()}`)
  }

  #rewrite(side: Side, field: string, value: Document[string]): Document[string] {
    if (typeof value !== "string") return value ?? null
    refusePoison(side, field, value)
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
      this.say(() => `${side} crashes at ${point}`)
      throw new Crash(`${side} crashed at ${point}`)
    }
    if (this.#raceAt?.side === side && this.#raceAt.point === point) {
      const { act } = this.#raceAt
      this.#raceAt = null
      act()
    }
  }

  #ask(side: Side, message: Message): Promise<Reply> {
    this.say(() => `${side} asks ${JSON.stringify(message)}`)
    if (this.faults && this.random.chance(this.mix.drop)) return Promise.resolve(LOST)
    return receive(this.hosts[otherSide(side)].ports, message)
  }

  /** The process of a host was stopped for a restore: all of its connections are cut. */
  cutOff(side: Side): void {
    this.#hands[side] = new Hand()
    this.#network.cut(side)
  }

  #randomStep(): Promise<unknown> | null {
    const side = this.random.pick(SIDES)
    if (this.mix.restore > 0 && this.random.chance(this.mix.restore)) return this.#restores.step(side)
    if (this.mix.moves > 0 && this.random.chance(this.mix.moves)) {
      if (this.random.chance(0.5)) return this.#on(side, () => this.#moves.sweep(side))
      this.#moves.step(side)
      return null
    }
    if (this.mix.upkeep > 0 && this.random.chance(this.mix.upkeep)) {
      this.say(() => `${side} keeps up`)
      return this.#on(side, () => keepUp(this.hosts[side], this.random))
    }
    const roll = this.random.next()
    if (roll < 0.3) this.#people.act(side)
    else if (roll < 0.6) return this.#send(side)
    else if (roll < 0.98) {
      const packet = this.#network.next()
      return packet ? this.#deliver(packet) : null
    } else if (!this.mix.untold) this.hosts[side].sweep()
    return null
  }

  /** Runs `work` on one host, which may die at any point of it. `null` = it died. */
  async #on<T>(side: Side, work: () => Promise<T>): Promise<T | null> {
    if (this.faults && this.random.chance(this.mix.crash)) this.#crashAt = { side, point: this.random.pick(POINTS) }
    try {
      const result = await work()
      return this.#down === side ? null : result
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      return null
    } finally {
      if (this.#down === side) {
        this.hosts[side].crash()
        this.#hands[side] = new Hand()
      }
      this.#down = null
      this.#crashAt = null
    }
  }

  /** `null`: there is nothing to send. */
  #send(side: Side): Promise<void> | null {
    const limit = this.faults ? 1 + this.random.below(4) : 100
    if (this.hosts[side].control.repair) return this.#repair(side)
    if (this.#hands[side].next) return this.#sendReady(side)
    return this.hosts[side].hasWork() ? this.#push(side, limit) : null
  }

  async #repair(side: Side): Promise<void> {
    const { ports, control } = this.hosts[side]
    const { repair, epoch, peerEpoch } = control
    const report = await repairLinks(ports)
    this.say(() => `${side} compares its links: ${JSON.stringify(report)}`)
    if (report) await ports.updateControl({ repair: null }, { repair, epoch, peerEpoch })
  }

  async #push(side: Side, limit: number): Promise<void> {
    const { ports, control } = this.hosts[side]
    const marks = await ports.lease(limit)
    const [mark] = marks
    if (mark && this.faults && this.mix.automations > 0 && this.random.chance(this.mix.race))
      this.#race(side, this.random.pick(["begin", "locked", "read"]), mark.entity, mark.localId, "note")
    const messages = (await this.#on(side, () => preparePush(ports, marks, unguarded(control)))) ?? []
    const [first, ...others] = messages
    if (first && this.faults && this.mix.ahead > 0 && this.random.chance(this.mix.ahead)) {
      const next: Prepared = { marks, control, messages: [first, ...others], isLast: false, at: ports.now() }
      this.#hands[side].take({ is: "prepared", next })
    } else this.#post(side, messages)
  }

  /** A while after it was made ready, or something more urgent came. */
  async #sendReady(side: Side): Promise<void> {
    const { ports, control } = this.hosts[side]
    const hand = this.#hands[side]
    const { next } = hand
    if (!next) return
    if ((this.faults && this.random.chance(0.3)) || !mayBeSent(ports, control, next)) {
      await this.#on(side, () => putDown(ports, hand))
      return
    }
    this.#hands[side] = new Hand()
    const renewed = next.messages.map(({ message, marks }) => ({
      marks,
      message: envelope(ports, control, message.records),
    }))
    this.#post(side, renewed)
  }

  #post(side: Side, messages: Outgoing[]): void {
    for (const outgoing of messages) {
      for (const record of outgoing.message.records) {
        this.pushes++
        this.pushesOf.set(record.id, (this.pushesOf.get(record.id) ?? 0) + 1)
        if (this.faults && !this.mix.sequential && this.random.chance(0.01))
          record.fields["hostile"] = ["x", record.rev]
      }
      this.sent++
      this.say(() => `${side} sends ${JSON.stringify(outgoing.message.records)}`)
      this.#network.post(side, outgoing)
    }
  }

  /** `null`: the receiver has died. */
  #deliver(packet: Packet): Promise<unknown> | null {
    if (packet.kind === "request") return this.#answer(packet)
    if (this.faults && this.random.chance(this.mix.crash)) return null // between ack and record
    return this.#on(packet.to, () => recordReply(this.hosts[packet.to].ports, packet.outgoing, packet.reply))
  }

  async #answer(packet: Request): Promise<void> {
    const { from, outgoing } = packet
    const to = otherSide(from)
    this.#plotRace(to, outgoing.message)
    const reply = await this.#on(to, () => receive(this.hosts[to].ports, outgoing.message))
    this.#raceAt = null
    let isAnswered = false
    if (reply?.kind === "results") {
      this.#note(packet, reply.results)
      isAnswered = this.#automations.react(to, outgoing.message, reply.results)
    }
    this.say(() => `${to} answers ${JSON.stringify(reply)}`)
    // A sender that is idle tells of it at once.
    if (isAnswered && (!this.faults || this.random.chance(0.9))) await this.#send(to)
    if (packet.isCut) return
    if (reply && !(this.faults && this.random.chance(this.mix.drop))) {
      this.#network.reply(from, outgoing, reply)
      return
    }
    // The sender sees a broken connection, or dies itself and sees nothing.
    if (this.random.chance(0.5)) this.#network.reply(from, outgoing, LOST)
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
    if (!this.faults || !this.random.chance(this.mix.race)) return
    const record = this.random.pick(message.records)
    const { byPeer } = this.hosts[side].table(record.entity)
    const id = byPeer.get(record.id)
    if (id === undefined) return
    const name = this.random.pick(["title", "note"])
    this.#race(side, this.random.pick(["read", "before-write", "written"]), record.entity, id, name)
  }

  #race(side: Side, point: Point, kind: string, id: string, name: string): void {
    const act = (): void => this.#people.edit(side, kind, id, { [name]: this.#people.token(side) }, true)
    this.#raceAt = { side, point, act }
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
        let atOnce = 0
        for (let packet = this.#network.next(); packet; packet = this.#network.next()) {
          busy = true
          await this.#deliver(packet)
          if (++atOnce < MOST_AT_ONCE) continue
          this.#endless = "20 the two sides answer each other without end"
          return false
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

/** Each of so few records is many; what stops many at once is tested by itself. */
const unguarded = (control: Control): Control => ({
  ...control,
  paused: { code: "mass_delete", message: "", since: "", ...control.paused, accepted: true },
})
