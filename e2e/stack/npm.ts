import { execFile } from "node:child_process"
import { runToEnd, serverEnvironment } from "../../scripts/stack/index.ts"

/** Where packages come from, and what isolated-vm is compiled against. */
const PASSED = ["npm_config_registry", "npm_config_nodedir", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]

export const npmEnvironment = (extra: Record<string, string> = {}): Record<string, string> =>
  serverEnvironment({ ...Object.fromEntries(PASSED.map((name) => [name, process.env[name]])), ...extra })

/** Compiling what Directus brings takes most of it. */
const INSTALL_MS = 1_800_000

export async function npmInstall(cwd: string, packages: string[], logFile: string): Promise<void> {
  const args = ["install", "--no-audit", "--no-fund", ...packages]
  await runToEnd({
    name: ["npm", "install", ...packages].join(" "),
    command: "npm",
    args,
    cwd,
    env: npmEnvironment(),
    logFile,
    timeoutMs: INSTALL_MS,
  })
}

/** Runs a program that npm has installed in a project, as `npx` does for a person. */
export function npx(
  args: string[],
  { cwd, env, logFile }: { cwd: string; env: Record<string, string>; logFile: string },
): Promise<void> {
  return runToEnd({
    name: ["npx", ...args].join(" "),
    command: "npx",
    args: ["--no-install", ...args],
    cwd,
    env: npmEnvironment(env),
    logFile,
    timeoutMs: 900_000,
  })
}

/** The same for a program whose answer is wanted. */
export function ask(
  command: "npm" | "npx",
  args: string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd, env: npmEnvironment(env), maxBuffer: 100_000_000 }
    const child = execFile(command, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}
