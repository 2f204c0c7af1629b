import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import { init } from "../src/commands/init.ts"
import type { Output } from "../src/output/output.ts"
import { readSettings } from "../src/settings/settings.ts"

export const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "medusa-directus-init-")))

interface Shown {
  warnings: { file: string; message: string; fix: string }[]
  tightened: boolean
  added: string[]
}

interface InitOptions {
  directusEnv?: string
  force?: boolean
  trust?: string
  environment?: Record<string, string>
}

/** Runs `init --yes` as the program does. */
export async function runInit(envFile: string, { environment = {}, ...options }: InitOptions = {}) {
  const printed: string[] = []
  const said: string[] = []
  const documents: unknown[] = []
  const output: Output = {
    ...{ isJson: false, isTerminal: false },
    print: (line = "") => void printed.push(line),
    document: (value) => void documents.push(value),
    say: (line) => void said.push(line),
    trace: () => {},
    paint: (_format, text) => text,
  }
  const settings = readSettings({ envFile }, { environment, mayLack: true })
  expect(await init({ output, settings }, { yes: true, envFile, ...options })).toBe(0)
  return { printed: printed.join("\n"), said: said.join("\n"), document: documents[0] as Shown }
}
