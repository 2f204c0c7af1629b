import { globSync } from "node:fs"
import type { StrykerOptions } from "@stryker-mutator/api/core"
import { commonTokens, declareFactoryPlugin, PluginKind, tokens, type Injector } from "@stryker-mutator/api/plugin"
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type CompleteDryRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from "@stryker-mutator/api/test-runner"
import { bundle, type Load } from "./bundle.ts"
import type { Suite, Test } from "./suite.ts"

/** What the instrumented engine reads and writes. */
interface Instrumented {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: CompleteDryRunResult["mutantCoverage"]
}

export interface WarmOptions {
  /** Globs of test files. */
  include: string[]
  exclude: string[]
  /** Ends of names: the first time, these run last. */
  last: string[]
}

/**
 * Runs the tests of one mutant after the other in one process, whose code stays compiled: a worker of vitest's for each of
 * thousands of mutants would take hours.
 */
class WarmRunner implements TestRunner {
  readonly #options: WarmOptions
  readonly #instrumented: Instrumented
  #load: Load | null = null
  #suite: Suite | null = null
  #stray: unknown = null
  /** Test → the least processor time that it has taken, in microseconds: the cheap ones run first, as the first to fail ends the run. */
  readonly #cost = new Map<string, number>()

  constructor(options: WarmOptions, instrumented: Instrumented) {
    this.#options = options
    this.#instrumented = instrumented
  }

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    const { include, exclude, last } = this.#options
    const place = (file: string): number => last.findIndex((end) => file.endsWith(end))
    const files = globSync(include, { exclude }).map((file) => file.replaceAll("\\", "/"))
    files.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    this.#load = await bundle(process.cwd(), files)
    process.on("unhandledRejection", (error) => {
      this.#stray = error
    })
  }

  async dryRun(): Promise<DryRunResult> {
    const instrumented = this.#instrumented
    instrumented.activeMutant = undefined
    const result = await this.#run(this.#fresh(), null)
    return { ...result, ...(instrumented.mutantCoverage ? { mutantCoverage: instrumented.mutantCoverage } : {}) }
  }

  async mutantRun({
    activeMutant,
    testFilter,
    hitLimit,
    mutantActivation,
    reloadEnvironment,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const instrumented = this.#instrumented
    instrumented.hitCount = 0
    instrumented.hitLimit = hitLimit
    let result: DryRunResult
    try {
      const isStatic = mutantActivation === "static"
      if (!isStatic) instrumented.activeMutant = undefined
      if (isStatic) instrumented.activeMutant = activeMutant.id
      const suite = reloadEnvironment || !this.#suite ? this.#fresh() : this.#suite
      instrumented.activeMutant = activeMutant.id
      result = await this.#run(suite, testFilter ? new Set(testFilter) : null)
      if (isStatic || hasState(activeMutant.fileName)) this.#suite = null
    } catch (error) {
      this.#suite = null
      result = failed("loading", error)
    }
    return toMutantRunResult(determineHitLimitReached(instrumented.hitCount, hitLimit) ?? result)
  }

  #fresh(): Suite {
    if (!this.#load) throw new Error("init first")
    this.#suite = this.#load()
    return this.#suite
  }

  /** All of these tests, or as many as there are to the first one that fails. */
  async #run(suite: Suite, only: ReadonlySet<string> | null): Promise<CompleteDryRunResult> {
    const instrumented = this.#instrumented
    const tests: TestResult[] = []
    const wanted = only ? suite.tests.filter(({ id }) => only.has(id)) : suite.tests
    const costOf = ({ id }: Test): number => this.#cost.get(id) ?? 0
    for (const { id, file, run } of [...wanted].sort((a, b) => costOf(a) - costOf(b))) {
      this.#stray = null
      instrumented.currentTestId = id
      const started = performance.now()
      const before = process.cpuUsage()
      let error: unknown = null
      try {
        await run()
        error = this.#stray
      } catch (thrown) {
        error = thrown ?? "nothing was thrown"
      }
      instrumented.currentTestId = undefined
      const { user } = process.cpuUsage(before)
      this.#cost.set(id, Math.min(user, this.#cost.get(id) ?? Infinity))
      const base = { id, name: id, fileName: file, timeSpentMs: performance.now() - started }
      if (error === null) tests.push({ ...base, status: TestStatus.Success })
      else {
        tests.push({ ...base, status: TestStatus.Failed, failureMessage: messageOf(error) })
        break
      }
    }
    return { status: DryRunStatus.Complete, tests }
  }
}

/** Modules that remember something for as long as the process lives: what a mutant made of it must not stay. */
const hasState = (file: string): boolean => /[\\/](fingerprint|value|metrics)\.ts$/.test(file)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const failed = (id: string, error: unknown): CompleteDryRunResult => ({
  status: DryRunStatus.Complete,
  tests: [{ id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage: messageOf(error) }],
})

function make(injector: Injector<{ options: StrykerOptions }>): WarmRunner {
  const options = injector.resolve(commonTokens.options)
  const namespace = INSTRUMENTED
  const scope = globalThis as unknown as Record<string, Instrumented>
  const instrumented = (scope[namespace] ??= {})
  return new WarmRunner(options["warm"] as WarmOptions, instrumented)
}
make.inject = tokens(commonTokens.injector)

const INSTRUMENTED = "__stryker__"

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, "warm", make)]
export const strykerValidationSchema = {
  type: "object",
  properties: { warm: { type: "object", description: "Which tests run, and in which order." } },
}
