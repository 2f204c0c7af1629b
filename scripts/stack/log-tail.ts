import { readFile } from "node:fs/promises"

/** The last lines of a log, indented, for an error message. */
export async function logTail(file: string, lines = 40): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "")
  const tail = text.trimEnd().split("\n").slice(-lines).join("\n    ")
  return `  The end of ${file}:\n    ${tail}`
}
