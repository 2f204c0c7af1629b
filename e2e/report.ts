import { mkdirSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { dirname } from "node:path"
import { onTestFailed } from "vitest"
import { runAgain } from "./eventually.ts"
import { form, seed } from "./sizes.ts"

type Figure = { figure: string; measured: string; reach: string; reached: boolean | null }

/** What a scenario measured, for `npm run soak` to print. A figure that is missed is written down like any other. */
export class Report {
  readonly #figures = new Map<string, Figure>()
  readonly #scenario: string
  readonly #at = new Date()
  #command = ""

  constructor(scenario: string) {
    this.#scenario = scenario
  }

  /**
   * Call it in the test: only there the line that runs it again is known.
   *
   * @param alone false: the test needs those before it in its file.
   */
  begin({ alone = true } = {}): void {
    // Named in the line, though the first choice may come later.
    seed()
    const whole = runAgain().split(" -t ")[0] ?? ""
    const command = alone ? runAgain() : whole
    // Of several tests, the line that runs them all.
    this.#command = this.#command === "" ? command : whole
    console.log(command)
    onTestFailed(({ task }) => {
      const why = task.result?.errors?.[0]?.message.split("\n")[0] ?? "no reason"
      this.set("failed", why, "", false)
      console.error(`Run it again: ${command}`)
    })
  }

  /**
   * A later value of the same figure takes the place of the earlier one.
   *
   * @param reach what it has to be, in words
   * @param reached null: there is nothing to reach
   */
  set(figure: string, measured: string | number, reach = "", reached: boolean | null = null): void {
    this.#figures.set(figure, { figure, measured: String(measured), reach, reached })
  }

  write(): void {
    const file = process.env["SOAK_REPORT"]
    if (!file || this.#figures.size === 0) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(
      file,
      JSON.stringify(
        {
          scenario: this.#scenario,
          form,
          seed: seed(),
          command: this.#command,
          at: this.#at.toISOString(),
          minutes: Math.round((Date.now() - this.#at.getTime()) / 6_000) / 10,
          processors: cpus().length,
          figures: [...this.#figures.values()],
        },
        null,
        2,
      ),
    )
  }
}
