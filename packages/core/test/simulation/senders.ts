import type { Side } from "../../src/document/value.ts"
import { resumeByPerson } from "../../src/guard/pause.ts"
import { withSizes } from "../../src/sizes.ts"
import { MemoryHost } from "../../src/testing/memory-host.ts"
import { busyRow, LOCK_TIMEOUT, type Point } from "../../src/testing/memory-table.ts"
import type { EndpointAnswer } from "../../src/wire/signed-answer.ts"
import { replySchema, type Message } from "../../src/wire/messages.ts"
import { Ledger } from "./ledger.ts"
import { Members } from "./members.ts"
import type { Mix } from "./mixes.ts"
import { Moves } from "./moves.ts"
import { findFailure } from "./oracle.ts"
import { People } from "./people.ts"
import type { Outcome, Played } from "./played.ts"
import { Crash, HostProcess, POINTS } from "./processes.ts"
import { Random } from "./random.ts"
import { Restores } from "./restores.ts"
import { CONFIGS, FAMILY_CONFIGS, KINDS, refusePoison, SIDES } from "./shop.ts"
import { SimulatedTime } from "./simulated-time.ts"
import { SyncError } from "../../src/errors.ts"
import { keepUp, lookAtAll } from "./upkeep.ts"
import { Wire, type Receiver } from "./wire.ts"

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** I11: so long after the last fault everything is at rest. The longest single wait of the engine is ten minutes. */
const REST = 30 * MINUTE
const TINY = { message: 3, question: 2, buckets: 2, page: 2, walk: 3, waiting: 4, epochs: 3 }
const BEGIN = 1_700_000_000_000

/** One random history of two hosts and people, in which the senders that ship send, on a clock that is simulated. */
export class SenderHistory implements Played {
  readonly random: Random
  readonly mix: Mix
  readonly hosts: Record<Side, MemoryHost>
  readonly ledger = new Ledger(false)
  readonly kinds: readonly string[]
  readonly members: Members = new Members(this)
  readonly #people = new People(this)
  readonly #restores = new Restores(this)
  readonly #time = new SimulatedTime()
  readonly #wire: Wire
  /** Those that are up; a host that crashes has none for a while. */
  readonly #processes: Record<Side, HostProcess[]> = { medusa: [], directus: [] }
  /** Whose transaction is open. */
  readonly #inside: Record<Side, HostProcess | null> = { medusa: null, directus: null }
  /** What each host's clock is ahead of the time. */
  readonly #ahead: Record<Side, number> = { medusa: 0, directus: 0 }
  /** Until when somebody holds a row. */
  readonly #held = new Map<string, number>()
  readonly #work: Record<Side, number> = { medusa: 0, directus: 0 }
  /** Who is of an older version, until it is updated. */
  #older: Side | null = null
  readonly #moves: Moves
  #upkeep = 0
  #step = 0
  #ids = 0
  faults = true
  actions = 0
  #pushes = 0
  trace: string[] | null = null

  constructor(seed: number, mix: Mix, trace = false) {
    this.random = new Random(seed)
    this.mix = mix
    if (trace) this.trace = []
    this.kinds = mix.family ? KINDS : ["thing"]
    const config = this.random.pick(mix.family ? FAMILY_CONFIGS : CONFIGS)
    const newId = (): string => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`
    const host = (side: Side): MemoryHost =>
      new MemoryHost({
        side,
        config,
        epoch: newId(),
        clock: () => BEGIN + this.#time.now + this.#ahead[side],
        timers: this.#time.timers,
        random: () => this.random.next(),
        newId,
        waitFor: (entity, ids) => this.#waitFor(side, entity, ids),
        rewrite: (field, value) => {
          refusePoison(side, field, value)
          return value
        },
        at: (point) => this.#at(side, point),
        log: (line) => this.say(() => `${side} logs: ${line}`),
        ...(side === "medusa" ? { unique: "slug" } : {}),
      })
    this.hosts = { medusa: host("medusa"), directus: host("directus") }
    this.#wire = new Wire(
      this.#time,
      {
        latency: () => this.random.below(this.faults ? 300 : 20),
        work: (to) => this.#work[to],
        isPrompt: mix.busy === 0 && mix.upkeep === 0 && mix.crash === 0 && mix.processes === 1,
        isOlder: (to) => this.#older === to,
        isLost: () => this.faults && this.random.chance(mix.drop / 2),
      },
      this.hosts,
      (to) => this.#receiver(to),
      (from, message, answer) => this.#note(from, message, answer),
    )
    for (const side of SIDES) {
      const { ports } = this.hosts[side]
      const { transaction } = ports
      // Of operators and restores, which do not die.
      ports.transaction = (work) =>
        transaction((tx) => {
          this.#inside[side] = null
          return work(tx)
        })
      const { transport } = this.#wire.connect(ports, () => undefined)
      Object.assign(ports, { transport })
    }
    this.#moves = new Moves(this, config)
    if (mix.skew) this.#older = this.random.pick(SIDES)
    for (const side of SIDES) for (let n = 0; n < mix.processes; n++) this.#start(side)
  }

  async run(steps: number): Promise<Outcome> {
    const setBack = this.mix.tiny ? withSizes(TINY) : (): void => undefined
    try {
      return await this.#run(steps)
    } finally {
      for (const side of SIDES) for (const each of this.#processes[side]) each.kill()
      setBack()
    }
  }

  async #run(steps: number): Promise<Outcome> {
    for (this.#step = 0; this.#step < steps; this.#step++) {
      await this.#time.pass(this.random.below(20_000))
      this.#act(this.random.pick(SIDES))
    }
    this.faults = false
    this.#held.clear()
    for (const side of SIDES) for (const each of this.#processes[side]) each.diesAt = null
    for (const side of SIDES) this.#work[side] = 0
    // What hooks do not tell, the next sweep finds.
    for (const side of SIDES) await this.#meanwhile(lookAtAll(this.hosts[side], this.kinds))
    this.#older = null
    let unrest = await this.#comeToRest()
    if (this.mix.moves > 0 && unrest === null) {
      // Both start anew with the columns that they have at the end.
      const settle = async (): Promise<boolean> => {
        for (const side of SIDES) this.cutOff(side)
        return (await this.#comeToRest()) === null
      }
      await this.#meanwhile(this.#moves.end(settle))
      unrest = await this.#comeToRest()
    }
    const failure = this.#wire.failure ?? (unrest === null ? findFailure(this) : `I11 not at rest: ${unrest}`)
    const { medusa, directus } = this.hosts
    return {
      failure,
      edits: this.actions,
      pushes: this.#pushes,
      echoes: 0,
      writes: medusa.writes + directus.writes,
      drainPushes: 0,
      conflicts: medusa.conflicts.size + directus.conflicts.size,
      quarantined: 0,
    }
  }

  /** Lets time pass until it is done. */
  async #meanwhile<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = (): void => void (isDone = true)
    work.then(done, done)
    while (!isDone) await this.#time.pass(1_000)
    return work
  }

  say(text: () => string): void {
    this.trace?.push(`${String(this.#step)} ${(this.#time.now / 1_000).toFixed(1)} s ${text()}`)
  }

  cutOff(side: Side): void {
    const old = this.#processes[side].splice(0)
    for (const each of old) each.kill()
    for (const _ of old) this.#start(side)
  }

  #start(side: Side): void {
    const process = new HostProcess(this.hosts[side], this.#wire, {
      entered: (it) => (this.#inside[side] = it),
      died: (it, at) => this.#bury(side, it, `in its transaction, at ${at}`),
    })
    this.#processes[side].push(process)
  }

  /** An event of a host reaches one of its processes. */
  #wake(side: Side): void {
    const up = this.#processes[side]
    if (up.length > 0) this.random.pick(up).sender.wake()
  }

  /** As a proxy before several processes does. */
  #receiver(to: Side): Receiver | null {
    const up = this.#processes[to]
    const process = up.length > 0 ? this.random.pick(up) : null
    return process && ((request) => process.answer(request))
  }

  #at(side: Side, point: Point): void {
    // Whose transaction begins is told after this point.
    if (point !== "begin") this.#inside[side]?.reach(point)
  }

  /** One process dies: at once, or in its next transaction. */
  #crash(side: Side): void {
    const up = this.#processes[side]
    if (up.length === 0) return
    const process = this.random.pick(up)
    if (this.random.chance(0.7)) {
      process.diesAt = this.random.pick(POINTS)
      return
    }
    process.kill()
    this.#bury(side, process, "where it stands")
  }

  #bury(side: Side, process: HostProcess, where: string): void {
    this.say(() => `a process of ${side} dies ${where}`)
    const up = this.#processes[side]
    up.splice(up.indexOf(process), 1)
    this.#time.after(this.random.below(MINUTE), () => this.#start(side))
  }

  #act(side: Side): void {
    const { mix, random } = this
    const roll = random.next()
    if (random.chance(mix.clock)) {
      this.#ahead[side] = random.chance(0.3) ? 0 : random.below(2 * DAY) - DAY
      this.say(() => `${side}'s clock is set to ${String(this.#ahead[side])} ms ahead`)
    } else if (random.chance(mix.crash)) this.#crash(side)
    else if (random.chance(mix.busy)) this.#hold(side)
    else if (random.chance(mix.slow)) {
      this.#work[side] = random.chance(0.4) ? 0 : 1_000 + random.below(59_000)
      this.say(() => `${side} takes ${String(this.#work[side])} ms for a message`)
    } else if (random.chance(mix.restore) && this.#wire.open === 0 && this.#upkeep === 0) void this.#restores.step(side)
    else if (random.chance(mix.moves)) this.#move(side)
    else if (random.chance(mix.upkeep)) this.#operate(side, "keeps up", keepUp(this.hosts[side], random))
    else if (roll < 0.6) {
      for (let n = random.below(3); n >= 0; n--) this.#people.act(side)
      this.#wake(side)
    } else if (roll < 0.62) void lookAtAll(this.hosts[side], this.kinds)
    for (const each of SIDES) this.#allowDeletes(each)
  }

  #hold(side: Side): void {
    const rows = this.kinds.flatMap((kind) => [...this.hosts[side].table(kind).rows.keys()])
    if (rows.length === 0) return
    const id = this.random.pick(rows)
    // A slow hook, or an import that goes on for a while.
    const longest = this.random.chance(0.2) ? 20 * MINUTE : MINUTE
    this.#held.set(id, this.#time.now + 1_000 + this.random.below(longest))
    this.say(() => `somebody holds ${id}`)
  }

  async #waitFor(side: Side, _: string, ids: string[]): Promise<void> {
    const until = Math.max(0, ...ids.map((id) => this.#held.get(id) ?? 0))
    const left = until - this.#time.now
    if (left <= 0) return
    this.say(() => `${side} waits for one of ${ids.join(", ")}`)
    await this.#time.wait(Math.min(left, LOCK_TIMEOUT))
    if (left > LOCK_TIMEOUT) throw busyRow()
  }

  /** Columns come and go, a sweep finds them, or the older side is updated and started anew. */
  #move(side: Side): void {
    const roll = this.random.next()
    if (roll < 0.4) this.#operate(side, "sweeps", this.#moves.sweep(side))
    // A sweep ends with the process that has begun it.
    else if (this.#upkeep > 0) return
    else if (roll < 0.9) {
      this.#moves.step(side)
      this.cutOff(side)
    } else if (this.#older !== null) {
      const updated = this.#older
      this.say(() => `${updated} is updated`)
      this.#older = null
      this.cutOff(updated)
    }
  }

  #operate(side: Side, what: string, work: Promise<unknown>): void {
    this.#upkeep++
    this.say(() => `${side} ${what}`)
    const done = (): void => void this.#upkeep--
    work.then(done, (error: unknown) => {
      done()
      if (!(error instanceof SyncError || error instanceof Crash)) this.#wire.failure ??= `threw ${String(error)}`
    })
  }

  /** A person says that it is meant: of so few records each is many. */
  #allowDeletes(side: Side): void {
    const { ports, control } = this.hosts[side]
    if (control.paused?.code === "mass_delete" && !control.paused.accepted)
      void resumeByPerson(ports, { acceptDeletes: true }).then(() => this.#wake(side))
  }

  #note(from: Side, message: Message, { body }: EndpointAnswer): void {
    this.say(() => `${from} sent ${JSON.stringify(message)}, answered ${body}`)
    if (message.records.length === 0) return
    this.#pushes += message.records.length
    const reply = replySchema.safeParse(JSON.parse(body))
    if (!reply.success) this.#wire.failure ??= `I11 an answer that is none: ${body}`
    if (!reply.success || !("results" in reply.data)) return
    reply.data.results.forEach(({ peer }, i) => {
      const id = message.records[i]?.id
      if (peer !== null && id !== undefined)
        this.ledger.paired(...((from === "medusa" ? [id, peer] : [peer, id]) as [string, string]))
    })
  }

  /** @returns what keeps them from it; `null` = nothing. */
  async #comeToRest(): Promise<string | null> {
    let unrest: string | null = null
    for (let passed = 0; passed < REST; passed += 10_000) {
      await this.#time.pass(10_000)
      for (const side of SIDES) this.#allowDeletes(side)
      unrest = this.#unrest()
      if (unrest === null) return null
    }
    return unrest
  }

  #unrest(): string | null {
    if (this.#wire.open > 0) return "a request is under way"
    if (this.#upkeep > 0) return "the upkeep is not done"
    for (const side of SIDES) {
      const { control } = this.hosts[side]
      if (this.hosts[side].hasDueMarks()) return `${side} has something to tell`
      if (control.repair) return `${side} has to compare its links`
      if (control.paused) return `${side} is paused: ${control.paused.code}`
      if (control.breaker.openUntil !== null) return `${side} rests`
      if (control.backfill?.state === "running") return `${side} has a backfill to do`
    }
    return null
  }
}
