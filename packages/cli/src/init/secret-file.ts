import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, realpathSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** Why a file with secrets in it is not safe where it is, and what to do about it. */
export interface Warning {
  file: string
  message: string
  fix: string
}

const OWNER_ONLY = 0o600

/** Windows knows other rights. */
const isOpen = (file: string): boolean => process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0

/**
 * Writes a file that holds secrets: nobody but its owner can read it afterwards, and while it is written.
 *
 * @param text - `null`: it stays as it is.
 * @returns whether others could read it before.
 */
export function writeSecrets(file: string, text: string | null): boolean {
  const wasOpen = existsSync(file) && isOpen(file)
  if (wasOpen) close(file)
  if (text !== null) writeFileSync(file, text, { mode: OWNER_ONLY })
  return wasOpen && !isOpen(file)
}

function close(file: string): void {
  try {
    chmodSync(file, OWNER_ONLY)
  } catch {
    // Somebody else's file, or a disk without such rights: `warningsOf` tells it.
  }
}

/** Nothing of a file that is as it should be, or of a machine without git. */
export function warningsOf(file: string): Warning[] {
  const open = {
    file,
    message: `Others on this machine can read ${file}, which holds secrets.`,
    fix: `Let its owner run: chmod 600 ${file}`,
  }
  return [...(isOpen(file) ? [open] : []), ...gitWarnings(file)]
}

function gitWarnings(file: string): Warning[] {
  // The repository of the file itself, not that of a name that leads to it.
  const real = realpathSync(file)
  const [dir, name] = [dirname(real), basename(real)]
  // 128: no repository, or one that git does not open for this user.
  if (git(dir, "ls-files", "--error-unmatch", "--", name) === 0)
    return [
      {
        file,
        message: `git keeps ${file}, which holds secrets.`,
        fix: `Run git rm --cached ${real}, add the line ${name} to ${join(dir, ".gitignore")}, and replace every secret in it that others may have got with the repository.`,
      },
    ]
  if (git(dir, "check-ignore", "--quiet", "--", name) !== 1) return []
  return [
    {
      file,
      message: `git does not ignore ${file}, which holds secrets.`,
      fix: `Add the line ${name} to ${join(dir, ".gitignore")}.`,
    },
  ]
}

/** @returns its exit code; `null` when there is no git. */
const git = (cwd: string, ...args: string[]): number | null => spawnSync("git", args, { cwd, stdio: "ignore" }).status
