import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const repository = fileURLToPath(new URL("../../", import.meta.url))

export interface Block {
  language: string
  text: string
}

export interface Section {
  /** As it stands in the page, with its Markdown. */
  heading: string
  /** How many `#` it has. */
  depth: number
  blocks: Block[]
}

export const readPage = (path: string): string => readFileSync(join(repository, path), "utf8")

const FENCE = /^ *(```+)(\w*)[^\n]*\n([^]*?)^ *\1 *$/gm

/** The page without its code blocks: what looks like a heading or a link there is none. */
export const withoutCode = (page: string): string => page.replace(FENCE, "")

/** The headings of a page in their order, each with the code blocks below it and before the next one. */
export function sectionsOf(page: string): Section[] {
  const marks = [...page.matchAll(FENCE)].map((found) => ({
    at: found.index,
    end: found.index + found[0].length,
    block: { language: found[2] ?? "", text: found[3] ?? "" },
  }))
  const sections: (Section & { at: number })[] = [...page.matchAll(/^(#{1,6}) +(.+?) *$/gm)]
    .filter(({ index }) => !marks.some(({ at, end }) => at <= index && index < end))
    .map((found) => ({ at: found.index, depth: (found[1] ?? "").length, heading: found[2] ?? "", blocks: [] }))
  for (const { at, block } of marks) sections.findLast((section) => section.at < at)?.blocks.push(block)
  return sections
}
