import { expect, it } from "vitest"
import { STATUS } from "../../packages/core/src/errors.ts"
import { PROBLEMS } from "../../packages/core/src/operate/problem.ts"
import { readPage, sectionsOf } from "./read-page.ts"

const page = readPage("docs/troubleshooting.md")

/** The members of a union of literals that stands in a source file. */
function union(path: string, start: string): string[] {
  const declared = readPage(path).split(start)[1]?.split("\n\n")[0] ?? ""
  // One that is made of others ("http_404") has no name of its own.
  return [...declared.matchAll(/\| "([a-z_]+)"/g), ...declared.matchAll(/^ "([a-z_]+)"/gm)].map(([, code = ""]) => code)
}

const errors = union("packages/core/src/errors.ts", "export type ErrorCode =")
const problems = union("packages/core/src/operate/problem.ts", "export type ProblemCode =")
const kinds = union("packages/core/src/ports.ts", 'kind: "concurrent"').concat("concurrent")
const commands = union("packages/cli/src/problem.ts", "export type ProblemCode =")
/** Words of records and journals that no type lists. */
const OTHERS = ["need_parent", "image_refused"]

const codes = new Set([...errors, ...problems, ...kinds, ...commands, ...OTHERS])

const sections = [...page.matchAll(/^### `([a-z_]+)`\n([^]*?)(?=^##)/gm)].map(([, code = "", text = ""]) => ({
  code,
  text,
}))

it("the unions are found", () => {
  expect(errors).toContain("config_mismatch")
  expect(problems).toContain("sync_off")
  expect(kinds.sort()).toEqual(["concurrent", "loop", "read_only"])
  expect(commands).toContain("wrong_use")
})

it("each code that people can meet has one section, and no section is of a code that is gone", () => {
  expect(sections.map(({ code }) => code).sort()).toEqual([...codes].sort())
})

it.each(sections)("the section $code says what is seen, why, and what to do", ({ text }) => {
  expect(text).toMatch(/^\n- \*\*Seen:\*\* [^]+^- \*\*Why:\*\* [^]+^- \*\*Do:\*\* /m)
})

it("a word of a record or the journal that no type lists is still one of the source", () => {
  expect(readPage("packages/core/src/send/record-result.ts")).toContain('"need_parent: ')
  expect(readPage("packages/directus-extension/src/images/image-store.ts")).toContain('"image_refused"')
})

it("the table of groups names each code once, beside the headings", () => {
  const rows = page.split("| group")[1]?.split("\n\n")[0] ?? ""
  expect([...rows.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code).sort()).toEqual([...codes].sort())
  const groups = [...rows.matchAll(/\[([^\]]+)\]/g)].map(([, name]) => name)
  const headings = sectionsOf(page).flatMap(({ depth, heading }) => (depth === 2 ? [heading] : []))
  expect(headings).toEqual([...groups, "No problem is shown"])
})

it.each(Object.entries(PROBLEMS))("%s stands in the group of its severity", (code, { severity }) => {
  const [group] = page.split(`### \`${code}\``)[0]?.split(/^## /m).at(-1)?.split("\n") ?? []
  const stands = code === "peer_paused" || severity === "stopped"
  expect(group).toBe(stands ? "Syncing has stopped" : "Syncing continues, with a problem")
})

it("the health's table has each problem with the state that its severity makes", () => {
  const rows = readPage("docs/operating.md").split("| code ")[1]?.split("\n\n")[0] ?? ""
  const states = new Map(
    [...rows.matchAll(/^\| \[`([a-z_]+)`\].*\| `([a-z]+)` +\|$/gm)].map(([, code = "", state = ""]) => [code, state]),
  )
  const state = { stopped: "stopped", problem: "degraded", note: "ok" } as const
  const pauses = /any \[code\][^|]*of a pause/.test(rows)
  expect(pauses).toBe(true)
  for (const [code, { severity }] of Object.entries(PROBLEMS))
    if (severity !== "stopped" || code === "sync_off") expect([code, states.get(code)]).toEqual([code, state[severity]])
})

it("the table of statuses is the one by which requests are answered", () => {
  const rows = [...page.matchAll(/^\| (\d{3}) +\| (.+?) +\|$/gm)].map(([, status, list = ""]) => [
    Number(status),
    [...list.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code).sort(),
  ])
  const answered = new Map<number, string[]>([[429, ["too_many_requests"]]])
  for (const [code, status] of Object.entries(STATUS))
    answered.set(status, [...(answered.get(status) ?? []), code].sort())
  expect(rows).toEqual([...answered].sort(([a], [b]) => a - b))
})

it("the words of the journal are those that both admins have words for", () => {
  const table = page.split(/^\| sent /m)[1] ?? ""
  const [out, taken] = [1, 3].map((column) =>
    table
      .split("\n")
      .flatMap((line) => [...(line.split("|")[column] ?? "").matchAll(/`([a-z_ ]+)`/g)].map(([, word]) => word)),
  )
  const words = readPage("packages/medusa-plugin/src/admin/i18n/record-en.ts").split("journal: {")[1] ?? ""
  const listed = (name: string) =>
    [...(words.split(`${name}: {`)[1]?.split("}")[0] ?? "").matchAll(/^ +"?([a-z_ ]+)"?: /gm)].map(([, word]) => word)
  expect(out?.sort()).toEqual(listed("out").sort())
  const both = ["repair", "loop"]
  expect([...(taken ?? []), ...both].sort()).toEqual([...listed("in"), "image_refused"].sort())
})
