import * as vitest from "vitest"

type Body = () => unknown

export interface Test {
  /** The file and the names of all suites around it: unique. */
  id: string
  file: string
  run: () => Promise<void>
}

interface Hooks {
  beforeEach: Body[]
  afterEach: Body[]
}

/** Milliseconds after which a test that waits for ever has failed. */
const PATIENCE = 60_000

/** Tests may put others in their place. */
const { setTimeout, clearTimeout } = globalThis

// Fake timers read their settings here, as in a worker of vitest's own.
const scope = globalThis as { __vitest_worker__?: unknown }
scope.__vitest_worker__ ??= { config: { fakeTimers: { shouldClearNativeTimers: true } } }

/** Collects tests that are written for vitest. They run with its `expect` and `vi`, and without its workers. */
export class Suite {
  readonly tests: Test[] = []
  file = ""
  #names: string[] = []
  #hooks: Hooks[] = []
  readonly #ids = new Map<string, number>()

  /** Tests of another file follow. */
  open(file: string): void {
    this.file = file
    this.#names = []
    this.#hooks = [{ beforeEach: [], afterEach: [] }]
  }

  /** What the tests get as `vitest`. */
  api(): object {
    const describe = (name: string, body: Body): void => {
      const hooks = this.#hooks
      this.#names.push(name)
      this.#hooks = [...hooks, { beforeEach: [], afterEach: [] }]
      body()
      this.#hooks = hooks
      this.#names.pop()
    }
    const it = (name: string, body: Body): void => this.#add(name, body)
    const add = (when: keyof Hooks) => (body: Body) => void this.#hooks.at(-1)?.[when].push(body)
    return {
      ...vitest,
      vi: { ...vitest.vi, waitFor },
      expect: Object.assign((...given: Parameters<typeof vitest.expect>) => vitest.expect(...given), vitest.expect, {
        poll,
      }),
      describe: Object.assign(describe, { each: eachOf(describe) }),
      it: Object.assign(it, { each: eachOf(it) }),
      beforeEach: add("beforeEach"),
      afterEach: add("afterEach"),
    }
  }

  #add(name: string, body: Body): void {
    const hooks = this.#hooks
    const { file } = this
    const base = [file, ...this.#names, name].join(" > ")
    const times = (this.#ids.get(base) ?? 0) + 1
    this.#ids.set(base, times)
    const run = async (): Promise<void> => {
      try {
        for (const before of hooks.flatMap(({ beforeEach }) => beforeEach)) await before()
        await inTime(body)
      } finally {
        for (const after of hooks.flatMap(({ afterEach }) => afterEach).reverse()) await after()
      }
    }
    this.tests.push({ id: times === 1 ? base : `${base} (${String(times)})`, file, run })
  }
}

async function inTime(body: Body): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The test waits for ever.")), PATIENCE)
  })
  try {
    await Promise.race([body(), late])
  } finally {
    clearTimeout(timer)
  }
}

type Declare = (name: string, body: Body) => void

/** `it.each` and `describe.each`; a case is told from the others by its number. */
const eachOf =
  (declare: Declare) =>
  (cases: readonly unknown[]) =>
  (name: string, body: (...values: unknown[]) => unknown): void => {
    for (const [i, values] of cases.entries())
      declare(`${name} [${String(i)}]`, () => body(...(Array.isArray(values) ? values : [values])))
  }

/** The one of vitest takes the timers of its worker for the real ones. */
async function waitFor<T>(callback: () => T | Promise<T>, { timeout = 1_000, interval = 50 } = {}): Promise<T> {
  const until = performance.now() + timeout
  for (;;) {
    try {
      return await callback()
    } catch (error) {
      if (performance.now() > until) throw error
    }
    if (vitest.vi.isFakeTimers()) vitest.vi.advanceTimersByTime(interval)
    await new Promise((wake) => setTimeout(wake, 1))
  }
}

/** `expect.poll(read).toBe(…)`, for every matcher. */
const poll = (read: () => unknown, options?: Parameters<typeof waitFor>[1]): object =>
  new Proxy(
    {},
    {
      get:
        (_, matcher: string) =>
        (...expected: unknown[]) =>
          waitFor(async () => {
            const matchers = vitest.expect(await read()) as unknown as Record<string, (...args: unknown[]) => void>
            matchers[matcher]?.(...expected)
          }, options),
    },
  )
