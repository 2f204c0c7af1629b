import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

it("docs/flow.md names the engine's files that one edit runs through, and no other", () => {
  const traced = execFileSync(process.execPath, [here("edits-way.ts")], { encoding: "utf8" })
    .trim()
    .split("\n")
  const page = readFileSync(here("../../../docs/flow.md"), "utf8")
  const [, section = ""] = /## The engine's files on the way\n([^]*?)\n## /.exec(page) ?? []
  const named = [...section.matchAll(/^\| (?:`(\w+)\/`|top) +\| (.*?) +\|/gm)].flatMap(([, room, files = ""]) =>
    [...files.matchAll(/`([\w-]+)`/g)].map(([, name]) => `${room === undefined ? "" : `${room}/`}${String(name)}.ts`),
  )
  expect(named.sort()).toEqual(traced)
  expect(section).toContain(`these ${String(traced.length)} files`)
})
