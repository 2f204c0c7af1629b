import { styleText } from "node:util"
import { documentOf, type Problem } from "../problem.ts"

type Format = Parameters<typeof styleText>[0]

export interface Output {
  readonly isJson: boolean
  /** May it ask, and draw bars? Both are drawn on stderr. */
  readonly isTerminal: boolean
  /** A line of the result, on stdout; nothing with `--json`. */
  print(line?: string): void
  /** The result for programs, on stdout; nothing without `--json`. */
  document(value: unknown): void
  /** What is going on, on stderr. */
  say(line: string): void
  /** With `--verbose` only. */
  trace(line: string): void
  /** Coloured where stdout takes colours. */
  paint(format: Format, text: string): string
}

export function makeOutput({ isJson, isVerbose }: { isJson: boolean; isVerbose: boolean }): Output {
  const { stdout, stderr, stdin } = process
  return {
    isJson,
    isTerminal: !isJson && stderr.isTTY && stdin.isTTY,
    print: (line = "") => {
      if (!isJson) stdout.write(`${line}\n`)
    },
    document: (value) => {
      if (isJson) stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    say: (line) => {
      stderr.write(`${line}\n`)
    },
    trace: (line) => {
      if (isVerbose) stderr.write(`${line}\n`)
    },
    paint: (format, text) => styleText(format, text, { stream: stdout }),
  }
}

/** An error, for people on stderr and for programs on stdout. */
export function showProblem(output: Output, problem: Problem): void {
  const { message, fix, detail } = problem
  output.document({ error: documentOf(problem) })
  output.say(`${message}\n→ ${fix}`)
  if (detail !== undefined) output.trace(detail)
}
