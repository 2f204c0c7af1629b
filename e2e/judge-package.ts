import { execFile } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import type { Artefact } from "./stack/pack.ts"

/** What publint has to say about a tarball, suggestions too: one line each. */
export async function lintPackage({ tarball }: Artefact): Promise<string[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball)
  const packed = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true })
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
}

const attw = join(
  dirname(createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json")),
  "dist/index.js",
)

/**
 * Are the types wrong? Of what `moduleResolution: node10` makes of a package nothing is asked: it reads no `exports`, and neither
 * Medusa nor Node 22 is used with it.
 *
 * @param args which entries, and which rules not
 */
export function judgeTypes({ tarball }: Artefact, args: string[]): Promise<{ code: number; output: string }> {
  const all = [
    attw,
    tarball,
    "--profile",
    "node16",
    "--no-definitely-typed",
    "--no-color",
    "--format",
    "ascii",
    ...args,
  ]
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, all, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error ?? new Error("attw did not end by itself."))
      else resolve({ code: child.exitCode, output: stdout + stderr })
    })
  })
}

/** Bytes, as npm shows them: what is fetched, and what lies on the disk. */
export function sizeOf({ tarball, folder, files }: Artefact): { packed: number; unpacked: number; files: number } {
  const sizes = files.map((file) => statSync(join(folder, file)).size)
  return { packed: statSync(tarball).size, unpacked: sizes.reduce((sum, size) => sum + size, 0), files: files.length }
}
