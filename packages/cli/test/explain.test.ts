import { expect, test } from "vitest"
import type { Answer } from "../src/hosts/answer.ts"
import { explain } from "../src/hosts/explain.ts"

const answered = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  kind: "http",
  status,
  headers: new Headers(headers),
  text: typeof body === "string" ? body : JSON.stringify(body),
  json: typeof body === "string" ? undefined : body,
})

const directusError = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] })

const medusa = (answer: Answer) =>
  explain({ side: "medusa", url: "http://localhost:9000" }, "/admin/directus/status", answer)
const directus = (answer: Answer) =>
  explain({ side: "directus", url: "http://localhost:8055" }, "/medusa-sync/status", answer)

test("a host that is down is told by its address, and what to do is to start it or to set the address", () => {
  const { code, message, fix } = medusa({ kind: "network", code: "ECONNREFUSED" })
  expect({ code, message, fix }).toMatchInlineSnapshot(`
    {
      "code": "unreachable",
      "fix": "Start Medusa, or set MEDUSA_URL to its address.",
      "message": "Medusa does not answer at http://localhost:9000 (ECONNREFUSED: nothing listens there).",
    }
  `)
  expect(directus({ kind: "network", code: "EPIPE" }).message).toContain("(EPIPE)")
})

test("a wrong key says which variable, and where a right one is made", () => {
  const wrong = medusa(answered(401, { message: "Unauthorized" }))
  expect(wrong).toMatchObject({ code: "wrong_key", message: "Medusa refuses the key of MEDUSA_SECRET_API." })
  expect(wrong.fix).toContain("Settings → Secret API Keys")
  const token = directus(answered(401, directusError("INVALID_CREDENTIALS", "Invalid user credentials.")))
  expect(token).toMatchObject({ code: "wrong_key" })
  expect(token.fix).toContain("DIRECTUS_TOKEN=")
})

test("a token of somebody who is no administrator is told from a wrong one", () => {
  expect(directus(answered(403, directusError("FORBIDDEN", "You don't have permission")))).toMatchObject({
    code: "not_admin",
    fix: expect.stringContaining("Admin Access") as string,
  })
})

test("a host without its half of the sync is told from a record that is not there", () => {
  expect(medusa(answered(404, "<!DOCTYPE html><pre>Cannot GET /admin/directus/status</pre>"))).toMatchObject({
    code: "not_installed",
    fix: expect.stringContaining("npm install medusa-plugin-directus") as string,
  })
  expect(directus(answered(404, directusError("ROUTE_NOT_FOUND", "Route doesn't exist.")))).toMatchObject({
    code: "not_installed",
    fix: expect.stringContaining("directus-extension-medusa") as string,
  })
  for (const problem of [
    medusa(answered(404, { type: "not_found", message: "There is no conflict x." })),
    directus(answered(404, directusError("NOT_FOUND", "There is no conflict x."))),
  ])
    expect(problem).toMatchObject({ code: "not_found", message: "There is no conflict x." })
})

test("a sync that is off is told from a host that is starting", () => {
  const off = directusError("SERVICE_UNAVAILABLE", 'Service "medusa-sync" is unavailable.')
  expect(directus(answered(503, off))).toMatchObject({
    code: "sync_off",
    fix: expect.stringContaining("doctor") as string,
  })
  expect(directus(answered(503, "<html>"))).toMatchObject({ code: "not_ready" })
})

test("a redirect is not followed: the key goes to the address that was set and to no other", () => {
  const moved = medusa(answered(301, "", { location: "https://shop.example.com/admin" }))
  expect(moved).toMatchObject({ code: "redirected" })
  expect(moved.message).toContain("https://shop.example.com/admin")
})

test("what the engine refuses is told in its own words", () => {
  expect(medusa(answered(409, { message: "It was decided at 2026." }))).toMatchObject({
    code: "conflict",
    message: "It was decided at 2026.",
  })
  expect(directus(answered(400, directusError("INVALID_OPTIONS", "title takes a text or null.")))).toMatchObject({
    code: "refused",
    message: "title takes a text or null.",
  })
})
