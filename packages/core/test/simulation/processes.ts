import type { HostPorts } from "../../src/ports.ts"
import { runSender, type Sender } from "../../src/run/run-sender.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import type { Point } from "../../src/testing/memory-table.ts"
import type { EndpointAnswer, EndpointRequest } from "../../src/wire/signed-answer.ts"
import type { Line, Wire } from "./wire.ts"

export const POINTS: readonly Point[] = [
  "begin",
  "locked",
  "read",
  "before-write",
  "written",
  "before-commit",
  "committed",
]

export class Crash extends Error {}

const DEAD = "The process is dead."
/** Ports that ask no database. */
const INSTANT: ReadonlySet<string | symbol> = new Set(["now", "random", "newId"])

const OPTIONS = { poll: 5_000, compare: 600_000 }

interface Watch {
  /** It has begun a transaction. */
  entered: (process: HostProcess) => void
  died: (process: HostProcess, at: Point) => void
}

/** One process of a host. What it holds in memory goes with it; what is in the database stays. */
export class HostProcess {
  readonly ports: HostPorts
  readonly sender: Sender
  readonly #line: Line
  isDead = false
  /** At which point of its next transaction it dies. */
  diesAt: Point | null = null

  readonly #died: Watch["died"]

  constructor(host: MemoryHost, wire: Wire, { entered, died }: Watch) {
    this.#died = died
    this.ports = this.#guarded(host.ports, entered)
    this.#line = wire.connect(this.ports, () => this.sender.heard())
    Object.assign(this.ports, { transport: this.#line.transport })
    this.sender = runSender(this.ports, OPTIONS)
    this.sender.wake()
  }

  /** @returns `null` when it dies meanwhile: the connection is cut. */
  async answer(request: EndpointRequest): Promise<EndpointAnswer | null> {
    const answer = await this.#line.answer(request)
    return this.isDead ? null : answer
  }

  /** Nothing that it has begun goes on. An open transaction ends at its next statement, without a commit. */
  kill(): void {
    this.isDead = true
    void this.sender.stop()
  }

  /** @throws Crash when it is dead by then. */
  reach(point: Point): void {
    if (this.diesAt === point && !this.isDead) {
      this.kill()
      this.#died(this, point)
    }
    if (this.isDead) throw new Crash(DEAD)
  }

  /** The same ports, of which a dead process gets nothing. */
  #guarded(ports: HostPorts, entered: Watch["entered"]): HostPorts {
    const own: Partial<HostPorts> = {
      transaction: (work) =>
        ports.transaction((tx) => {
          entered(this)
          return work(tx)
        }),
    }
    return new Proxy(ports, {
      set: (_, name, value) => Reflect.set(own, name, value),
      get: (_, name) => {
        const port: unknown = Reflect.get(own, name) ?? Reflect.get(ports, name)
        if (typeof port !== "function" || INSTANT.has(name)) return port
        return (...given: unknown[]) => this.#alive(() => Reflect.apply(port, ports, given) as Promise<unknown>)
      },
    })
  }

  async #alive<T>(ask: () => Promise<T>): Promise<T> {
    this.reach("begin")
    const answer = await ask()
    if (this.isDead) throw new Crash(DEAD)
    return answer
  }
}
