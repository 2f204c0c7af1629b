import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { globSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { describe, expect, it } from "vitest"
import middlewares from "../src/api/middlewares"

const root = join(__dirname, "../src/api")
/** Each route that reads a list as Medusa's query says, by its file. */
const lists = globSync("**/route.ts", { cwd: root })
  .filter((file) => /export const GET/.test(readFileSync(`${root}/${file}`, "utf8")))
  .map((file) => ({ file, route: `/${dirname(relative(root, `${root}/${file}`))}` }))
  .filter(({ file }) => /listRows|queryConfig/.test(readFileSync(`${root}/${file}`, "utf8")))

const HOSTILE = [
  "*",
  "__proto__.x",
  "*__proto__.x",
  "id,__proto__.x.y",
  "+constructor.prototype.x",
  "*constructor",
  "entity.__proto__.x",
  "*,entity,nobody.knows.this",
]

async function fieldsOf(route: string, query: Record<string, string>): Promise<string[] | Error> {
  const req = { query, allowed: [] } as unknown as MedusaRequest
  const mine = (middlewares.routes ?? []).filter(
    ({ matcher, methods }) => matcher === route.replaceAll(/\[(\w+)\]/g, ":$1") && methods?.includes("GET"),
  )
  for (const validate of mine.flatMap((one) => one.middlewares ?? [])) {
    let failed: unknown
    await (validate as (...args: unknown[]) => Promise<void>)(
      req,
      {} as MedusaResponse,
      (error?: unknown) => void (failed = error),
    )
    if (failed instanceof Error) return failed
  }
  return req.queryConfig.fields
}

describe("the plugin's lists", () => {
  it("are found by their files", () => {
    expect(lists.map(({ route }) => route).sort()).toEqual([
      "/admin/directus/conflicts",
      "/admin/directus/journal",
      "/admin/directus/links",
    ])
  })

  it.each(lists)("$route gives its own columns, whatever is asked for", async ({ route }) => {
    const columns = await fieldsOf(route, {})
    for (const fields of HOSTILE) {
      const given = await fieldsOf(route, { fields })
      expect(columns).toEqual(expect.arrayContaining(given as string[]))
    }
  })

  it.each(lists)("$route is put in order by its own columns alone", async ({ route }) => {
    expect(await fieldsOf(route, { order: "-entity" })).toBeInstanceOf(Array)
    for (const order of ["__proto__.x", "constructor.prototype.x", "nobody"])
      expect(await fieldsOf(route, { order })).toMatchObject({ message: expect.stringContaining("is not valid") })
  })
})
