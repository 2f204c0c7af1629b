import { globSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { readPage, repository } from "./read-page.ts"

const inFolder = (folder: string): string[] => readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`)
const workflows = inFolder(".github/workflows")
const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> }

it.each(workflows)("%s runs the commands that everybody runs, with no right but to read", (path) => {
  const text = readPage(path)
  const commands = [...text.matchAll(/npm (?:run )?([a-z0-9:]+)/g)].map(([, name = ""]) => name)
  expect(commands.length).toBeGreaterThan(0)
  for (const name of commands) expect([name, scripts[name]]).toEqual([name, expect.any(String)])
  expect(text).toMatch(/^permissions:\n {2}contents: read\n/m)
  expect(text).toMatch(/timeout-minutes: \d+/)
  expect(text).not.toMatch(/secrets\.|pull_request_target/)
})

it("the check runs on each push, the end-to-end tests too, and new seeds and the long forms each night", () => {
  const [check, e2e, nightly] = ["check", "e2e", "nightly"].map((name) => readPage(`.github/workflows/${name}.yml`))
  expect(check).toMatch(/on:\n {2}push:\n {2}pull_request:\n[^]*npm run check/)
  expect(e2e).toMatch(/ {2}push:\n[^]*npm run e2e/)
  // Without --seed the simulation draws one, and prints it.
  expect(nightly).toMatch(/schedule:\n[^]*npm run sim[^]*npm run soak/)
})

it("the night's scenarios are those of the soak that need nothing but the hosts", () => {
  const [, listed = ""] = /scenario: \[([^\]]+)\]/.exec(readPage(".github/workflows/nightly.yml")) ?? []
  const [, known = ""] = /const scenarios = \{([^}]+)\}/.exec(readPage("scripts/run/soak.mjs")) ?? []
  const names = [...known.matchAll(/^ +(\w+): "/gm)].map(([, name]) => name)
  expect(listed.split(", ")).toEqual(names.filter((name) => name !== "redis"))
})

it("whoever reports a fault is asked for what doctor says, and told where a vulnerability goes", () => {
  const bug = readPage(".github/ISSUE_TEMPLATE/bug.yml")
  expect(bug).toContain("npx medusa-directus doctor --json")
  expect(bug).toContain("SECURITY.md")
  expect(readPage(".github/pull_request_template.md")).toContain("npx medusa-directus doctor --json")
})

it("the short map names each page of docs/ once", () => {
  const named = [...readPage("llms.txt").matchAll(/\]\((docs\/[a-z-]+\.md)\)/g)].map(([, path]) => path)
  const pages = inFolder("docs").filter((path) => path.endsWith(".md") && path !== "docs/README.md")
  expect(named.sort()).toEqual(pages.sort())
})

it("each port of one host has its twin on the other one", () => {
  const [medusa, directus] = ["medusa-plugin", "directus-extension"].map((name) =>
    readdirSync(join(repository, "packages", name, "src/ports")).sort(),
  )
  expect(medusa).toEqual(directus)
})

it("tests of every package lie in its folder test, and nowhere else", () => {
  for (const name of readdirSync(join(repository, "packages")))
    expect(globSync("src/**/*.{test,spec}.*", { cwd: join(repository, "packages", name) })).toEqual([])
})

it("each file of the code that a page names is there", () => {
  const files = globSync("packages/*/src/**/*.{ts,tsx,vue}", { cwd: repository }).map((path) =>
    path.replace(/^packages\/[^/]+\/src\//, "").replace(/\.\w+$/, ""),
  )
  const rooms = new Set(files.flatMap((path) => (path.includes("/") ? path.split("/")[0] : [])))
  const pages = globSync(["*.md", "docs/**/*.md", "packages/core/*.md"], { cwd: repository })
  const named = pages
    .filter((page) => !page.endsWith("CHANGELOG.md"))
    .flatMap((page) =>
      [...readPage(page).matchAll(/`((?:[a-z][\w-]*\/)+[\w-]+)(?:\.ts)?`/g)].map(([, path = ""]) => ({ page, path })),
    )
    .filter(({ path }) => rooms.has(path.split("/")[0]))
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ path }) => !files.some((file) => file === path || file.endsWith(`/${path}`)))).toEqual([])
})
