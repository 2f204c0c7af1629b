import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder in the system's temporary one that belongs to `dir`: a new `dir` gets a new one. */
export function outsideFolder(dir: string, name: string): string {
  const note = join(dir, `${name}-is-at`)
  const known = existsSync(note) ? readFileSync(note, "utf8").trim() : ""
  if (known && existsSync(known)) return known
  const outside = mkdtempSync(join(tmpdir(), `medusa-directus-${name}-`))
  chmodSync(outside, 0o711)
  mkdirSync(dir, { recursive: true })
  writeFileSync(note, `${outside}\n`)
  return outside
}
