import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import type { Health } from "medusa-directus-core/host"
import type { Alert } from "medusa-directus-core/operate"
import { eventually } from "../eventually.ts"
import { directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

type Side = "medusa" | "directus"

const { version: released } = JSON.parse(
  readFileSync(join(inject("e2e").packed.core.folder, "package.json"), "utf8"),
) as { version: string }

const sides: Side[] = ["medusa", "directus"]
const witness = fileURLToPath(new URL("../witness/metrics.js", import.meta.url))

let stack: Stack
beforeAll(async () => {
  stack = await Stack.make("health")
  for (const side of sides)
    Object.assign(stack[side].spec.env, { NODE_OPTIONS: `--import ${witness}`, E2E_METRICS: metricsFile(side) })
  await stack.start()
})
afterAll(() => stack?.stop())

const metricsFile = (side: Side) => join(stack.dir, `${side}-metrics.json`)

const addressOf = (side: Side) =>
  side === "medusa" ? `${stack.medusa.url}/admin/directus/health` : `${stack.directus.url}/medusa-sync/health`

async function healthOf(side: Side): Promise<Health & { status: number }> {
  const key = Buffer.from(`${inject("e2e").apiKey}:`).toString("base64")
  const authorization = side === "medusa" ? `Basic ${key}` : `Bearer ${directusToken}`
  const response = await fetch(addressOf(side), { headers: { authorization } })
  const body = (await response.json()) as { health?: Health; data?: Health }
  const health = body.health ?? body.data
  if (!health) throw new Error(`${side} answered ${JSON.stringify(body)}`)
  return { status: response.status, ...health }
}

const alertsInMedusa = async (code: string) =>
  (await stack.shop.witnessed()).events
    .filter(({ name }) => name === "directus_sync.alert")
    .map(({ data }) => data as unknown as Alert)
    .filter((alert) => alert.code === code)

const notifications = (subject: string) =>
  stack.sqlDirectus(
    `select n.status, n.message, u.email from directus_notifications n join directus_users u on u.id = n.recipient
     where subject = $1`,
    [subject],
  )

/** When the last look for problems began, in milliseconds. */
const lastLook = async (side: Side): Promise<number> => {
  const [row] =
    side === "medusa"
      ? await stack.sqlMedusa(
          "select extract(epoch from taken_at) * 1000 as at from directus_sync_turn where task = 'alerts'",
        )
      : await stack.sqlDirectus("select taken_at as at from medusa_sync_turn where task = 'alerts'")
  return Number(row?.["at"] ?? 0)
}

/** Three greetings, and a minute between looks. */
const OUTAGE = { within: 240_000 }

test("is nobody's without a login", async () => {
  expect((await fetch(addressOf("medusa"))).status).toBe(401)
  expect((await fetch(addressOf("directus"))).status).toBe(403)
})

test("is ok on both sides after the start, with the versions and both directions", async () => {
  const id = await stack.shop.create({ title: "Healthy", handle: "healthy" })
  await stack.cms.edit(await stack.itemOf(id), { material: "wool" })
  await stack.settled()
  for (const side of sides) {
    expect(await healthOf(side)).toMatchObject({
      status: 200,
      state: "ok",
      side,
      problems: [],
      versions: {
        host: expect.stringMatching(side === "medusa" ? /^2\.\d+\.\d+/ : /^12\.\d+\.\d+/),
        sync: released,
        protocol: 1,
      },
      details: {
        records: { quarantined: 0, pending: 0, stopped: 0, openConflicts: 0 },
        oldestPendingSeconds: null,
        lastSuccessAt: { sent: expect.any(String), received: expect.any(String) },
        breaker: { failures: 0, openUntil: null },
        backfill: null,
      },
    })
    expect((await healthOf(side)).details?.records.active).toBeGreaterThan(0)
  }
})

test("metrics reach an OpenTelemetry SDK in each process", async () => {
  for (const side of sides)
    await eventually(`${side} has counted`, () => {
      const points = JSON.parse(readFileSync(metricsFile(side), "utf8")) as Record<string, unknown>[]
      const result = side === "medusa" ? ["created", "ok"] : ["ok", "created"]
      for (const [name, more] of [
        ["records.sent", { result: result[0] }],
        ["records.received", { result: result[1] }],
        ["requests", { outcome: "results" }],
        ["request.duration", { outcome: "results" }],
        ["records.pending", { value: 0 }],
        ["records.quarantined", { value: 0 }],
      ] as const)
        expect(points).toContainEqual(
          expect.objectContaining({ name: `medusa_directus.${name}`, side, value: expect.any(Number), ...more }),
        )
    })
})

test("is degraded while the other side does not answer, and people are told once on each side, then that it is over", async () => {
  await stack.cutLinks()
  await stack.shop.create({ title: "Waits", handle: "waits" })
  const subject = "Medusa sync: peer unreachable"
  await eventually(
    "both have told it",
    async () => {
      expect(await alertsInMedusa("peer_unreachable")).toHaveLength(1)
      expect(await notifications(subject)).toHaveLength(1)
    },
    OUTAGE,
  )
  const [alert] = await alertsInMedusa("peer_unreachable")
  expect(alert).toMatchObject({ kind: "raised", message: expect.stringMatching(/^Directus does not answer \(since/) })
  const [notification] = await notifications(subject)
  expect(notification).toMatchObject({ status: "inbox", email: "admin@example.com" })
  expect(notification?.["message"]).toMatch(/^Medusa does not answer \(since/)
  expect(notification?.["message"]).toContain(`[Details](${addressOf("directus")})`)
  for (const side of sides) {
    const { status, state, problems } = await healthOf(side)
    expect({ status, state, codes: problems.map(({ code }) => code) }).toEqual({
      status: 200,
      state: "degraded",
      codes: ["peer_unreachable"],
    })
  }
  const { details } = await healthOf("medusa")
  expect(details?.records.pending).toBeGreaterThan(0)
  expect(details?.oldestPendingSeconds).toBeGreaterThan(0)

  const before = { medusa: await lastLook("medusa"), directus: await lastLook("directus") }
  await stack.medusa.restart()
  for (const side of sides)
    await eventually(
      `${side} looks again`,
      async () => expect(await lastLook(side)).toBeGreaterThan(before[side]),
      OUTAGE,
    )
  await stack.mendLinks()
  await eventually(
    "both have told that it is over",
    async () => {
      expect((await alertsInMedusa("peer_unreachable")).map(({ kind }) => kind)).toEqual(["cleared"])
      expect((await notifications(subject)).map(({ status }) => status)).toEqual(["archived"])
    },
    OUTAGE,
  )
  await stack.settled(75_000)
  for (const side of sides) expect(await healthOf(side)).toMatchObject({ status: 200, state: "ok", problems: [] })
}, 900_000)

test("is stopped by a wrong secret, with 503 and what to do, and ok when it is right", async () => {
  stack.writeShop({ secret: "another-secret-than-that-of-Directus" })
  await stack.medusa.restart()
  for (const side of sides)
    await eventually(`${side} says so`, async () =>
      expect(await healthOf(side)).toMatchObject({
        status: 503,
        state: "stopped",
        problems: [{ code: "unauthorized", message: expect.stringMatching(/Give both sides the same secret/) }],
      }),
    )
  stack.writeShop({ secret: "short" })
  await stack.medusa.restart()
  expect(await healthOf("medusa")).toMatchObject({
    status: 503,
    problems: [{ code: "sync_off", message: expect.stringMatching(/secret.*at least 16 characters/) }],
    details: null,
  })
  stack.writeShop()
  await stack.medusa.restart()
  for (const side of sides)
    await eventually(
      `${side} is well`,
      async () => expect(await healthOf(side)).toMatchObject({ status: 200, state: "ok" }),
      { within: 75_000 },
    )
}, 300_000)

test("tells of a way that others can read, and the log once", async () => {
  stack.writeShop({ directusUrl: "http://cms.example.com:8055" })
  stack.writeCms({ MEDUSA_URL: "http://shop.example.com" })
  const said = async (side: Side) => (await stack[side].log()).split("by plain http").length - 1
  const before = { medusa: await said("medusa"), directus: await said("directus") }
  await Promise.all([stack.medusa.restart(), stack.directus.restart()])
  for (const [side, option] of Object.entries({ medusa: "directusUrl", directus: "MEDUSA_URL" }) as [Side, string][]) {
    const { status, problems } = await healthOf(side)
    expect(status).toBe(200)
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: "plain_http",
        severity: "note",
        since: null,
        message: expect.stringMatching(new RegExp(`${option} .* by plain http`)) as string,
      }),
    )
    expect((await said(side)) - before[side]).toBe(1)
  }
  stack.writeShop()
  stack.writeCms()
  await Promise.all([stack.medusa.restart(), stack.directus.restart()])
  await stack.settled(75_000)
  for (const side of sides)
    expect((await healthOf(side)).problems.filter(({ code }) => code === "plain_http")).toEqual([])
}, 300_000)

test("is ok as soon as the other side has started, also where that one has never answered before", async () => {
  await stack.medusa.kill("SIGKILL")
  await stack.directus.restart()
  // As after an installation, where Directus was there first.
  await stack.sqlDirectus("update medusa_sync_control set last_success_at = null")
  expect((await healthOf("directus")).problems).toMatchObject([{ code: "peer_unreachable" }])
  await stack.medusa.start()
  // Not with the next greeting, which comes twice a minute.
  await eventually(
    "Directus is well",
    async () => expect(await healthOf("directus")).toMatchObject({ state: "ok", problems: [] }),
    { within: 15_000 },
  )
})

test("counts a record that is stopped", async () => {
  // Two items could be the product, and neither is told to Medusa.
  await stack.toMedusa.cut()
  for (const title of ["One twin", "Other twin"]) await stack.cms.create({ title, handle: "twin", status: "draft" })
  const id = await stack.shop.create({ title: "Whose?", handle: "twin" })
  await eventually("it is counted", async () =>
    expect(await healthOf("medusa")).toMatchObject({
      status: 200,
      state: "degraded",
      problems: [{ code: "quarantined", message: expect.stringMatching(/^Stopped \w+: 1/) }],
      details: { records: { quarantined: 1 } },
    }),
  )
  expect(await stack.shop.links({ local_id: id })).toMatchObject([{ state: "quarantined" }])
})
