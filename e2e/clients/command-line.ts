import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { inject } from "vitest"
import { repositoryRoot } from "../../scripts/stack/index.ts"
import { directusToken } from "../stack/places.ts"
import type { Stack } from "../stack/stack.ts"

export type Ran = { code: number | null; stdout: string; stderr: string }

type How = { env?: Record<string, string | undefined>; cwd?: string }

/** What npm would have put beside the packed program; the rest it finds in the workspace. */
function install(): string {
  const { folder } = inject("e2e").packed.cli
  const own = join(repositoryRoot, "packages", "cli", "node_modules")
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: Record<string, string>
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(manifest.dependencies))
    if (existsSync(join(own, name)))
      cpSync(join(own, name), join(folder, "node_modules", name), { recursive: true, dereference: true })
  return join(folder, manifest.bin["medusa-directus"] ?? "")
}

/** Runs the packed `medusa-directus` as a process of its own, as a person does in a folder of theirs. */
export function makeCommandLine(stackOf: () => Stack) {
  let entry: string | undefined

  const program = (): string => (entry ??= install())

  /** Nothing of the test runner's environment: its colours and variables are not a person's. */
  const environment = (env: How["env"]): Record<string, string> => {
    const stack = stackOf()
    const all = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      MEDUSA_URL: stack.medusa.url,
      DIRECTUS_URL: stack.directus.url,
      MEDUSA_SECRET_API: inject("e2e").apiKey,
      DIRECTUS_TOKEN: directusToken,
      MEDUSA_SYNC_SECRET: stack.secret,
      ...env,
    }
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  }

  const folder = (name: string): string => {
    const dir = join(stackOf().dir, "command-line", name)
    mkdirSync(dir, { recursive: true })
    return dir
  }

  function run(args: string[], { env, cwd = folder("empty") }: How = {}): Promise<Ran> {
    const child = spawn(process.execPath, [program(), ...args], {
      cwd,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    })
    const ran: Ran = { code: null, stdout: "", stderr: "" }
    child.stdout.on("data", (chunk: Buffer) => (ran.stdout += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (ran.stderr += chunk.toString()))
    return new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (code) => resolve({ ...ran, code }))
    })
  }

  /** With `--json`: all of stdout is one document. */
  async function json<T>(args: string[], how: How = {}): Promise<{ code: number | null; document: T; stderr: string }> {
    const { code, stdout, stderr } = await run([...args, "--json"], how)
    try {
      return { code, document: JSON.parse(stdout) as T, stderr }
    } catch {
      throw new Error(`stdout is not one JSON document:\n${stdout}\nstderr:\n${stderr}`)
    }
  }

  /**
   * In a pseudo terminal, which Debian's `script` makes.
   *
   * @param keys - each is pressed when the text before it has been shown.
   */
  function type(
    args: string[],
    keys: [shown: string, pressed: string][],
    { env, cwd = folder("typed") }: How = {},
  ): Promise<Ran> {
    const line = [process.execPath, program(), ...args].map((part) => `'${part}'`).join(" ")
    const child = spawn("script", ["-qec", `stty cols 120 rows 40; exec ${line}`, "/dev/null"], {
      cwd,
      env: { ...environment(env), TERM: "xterm" },
      stdio: ["pipe", "pipe", "pipe"],
    })
    const ran: Ran = { code: null, stdout: "", stderr: "" }
    const left = [...keys]
    let from = 0
    child.stdout.on("data", (chunk: Buffer) => {
      ran.stdout += chunk.toString()
      for (let next = left[0]; next !== undefined; next = left[0]) {
        const at = ran.stdout.indexOf(next[0], from)
        if (at === -1) return
        from = at + next[0].length
        child.stdin.write(next[1])
        left.shift()
      }
    })
    return new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (code) => resolve({ ...ran, code }))
    })
  }

  return { run, json, type, folder }
}
