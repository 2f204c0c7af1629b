import { existsSync, readdirSync, statSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import { expect, it } from "vitest"
import { readPage, repository, sectionsOf, withoutCode } from "./read-page.ts"

const isFolder = (path: string): boolean => statSync(join(repository, path)).isDirectory()
const inFolder = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name))

const docs = inFolder("docs").filter((path) => path.endsWith(".md"))
const ofPackages = ["packages", "examples"]
  .flatMap((folder) => readdirSync(join(repository, folder)).map((name) => join(folder, name)))
  .flatMap((folder) => ["README.md", "SPEC.md"].map((name) => join(folder, name)))
const pages = ["README.md", "CONTEXT.md", "CONTRIBUTING.md", "SECURITY.md", "llms.txt", ...docs, ...ofPackages].filter(
  (path) => existsSync(join(repository, path)),
)

/** What GitHub makes of a heading: the anchor's name. A second heading of the same words gets a number. */
function anchorsOf(page: string): Set<string> {
  const times = new Map<string, number>()
  const anchors = sectionsOf(page).map(({ heading }) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
    const name = plain.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-")
    const before = times.get(name) ?? 0
    times.set(name, before + 1)
    return before === 0 ? name : `${name}-${String(before)}`
  })
  return new Set(anchors)
}

/** Targets of links and pictures; addresses of other sites are left out. */
function targetsIn(page: string): string[] {
  const text = withoutCode(page).replace(/`[^`\n]*`/g, "")
  const found = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|srcset|href)="([^"]+)"/g)]
  return found.map(([, target = ""]) => target).filter((target) => !/^[a-z]+:/.test(target))
}

/** Why nobody arrives there; `null` when it is there. */
function fault(from: string, target: string): string | null {
  const [path = "", anchor] = target.split("#")
  const file = path === "" ? from : normalize(join(dirname(from), path))
  if (file.startsWith("..")) return "leads out of the repository"
  if (!existsSync(join(repository, file))) return "is not there"
  if (anchor === undefined) return null
  if (isFolder(file) || !file.endsWith(".md")) return "is no page, so it has no anchors"
  return anchorsOf(readPage(file)).has(anchor) ? null : `has no heading "#${anchor}"`
}

it.each(pages)("each relative link and anchor of %s leads somewhere", (path) => {
  const faults = targetsIn(readPage(path)).flatMap((target) => {
    const why = fault(path, target)
    return why === null ? [] : [`${target} ${why}`]
  })
  expect(faults).toEqual([])
})

it("links are found, and a wrong one is told", () => {
  const page = '# A `b` & c\n\n[x](README.md#a-b--c) `[y](z)` <img src="no.png">\n\n```\n[code](no.md)\n```\n'
  expect(targetsIn(page)).toEqual(["README.md#a-b--c", "no.png"])
  expect([...anchorsOf(page)]).toEqual(["a-b--c"])
  expect(fault("README.md", "no.md")).toBe("is not there")
  expect(fault("README.md", "docs/cli.md#nothing")).toMatch(/no heading/)
  expect(fault("docs/cli.md", "../../x")).toMatch(/out of the repository/)
})

it("the index names each page of docs/, and the README leads to it", () => {
  const index = targetsIn(readPage("docs/README.md")).map((target) => join("docs", target.split("#")[0] ?? ""))
  const isListed = (path: string): boolean => index.some((at) => at === path || path.startsWith(`${at}/`))
  expect(docs.filter((path) => path !== "docs/README.md" && !isListed(path))).toEqual([])
  expect(targetsIn(readPage("README.md"))).toContain("docs/README.md")
})

it("each picture of docs/pictures is shown by a page", () => {
  const pictures = inFolder("docs").filter((path) => path.startsWith("docs/pictures/"))
  const shown = new Set(
    docs.flatMap((page) => targetsIn(readPage(page)).map((target) => normalize(join(dirname(page), target)))),
  )
  expect(pictures.filter((path) => !shown.has(path)).map((path) => relative("docs", path))).toEqual([])
})
