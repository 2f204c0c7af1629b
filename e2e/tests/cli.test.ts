import { randomUUID } from "node:crypto"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeCommandLine } from "../clients/command-line.ts"
import { makeRecords } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { inTransaction } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

type Finding = { check: string; side: string | null; state: string; message: string; fix: string | null }
type Diagnosis = { ok: boolean; findings: Finding[] }
type Refusal = { error: { code: string; message: string; fix: string } }
type Progress = { state: string; done: number; total: number; waiting: number }

/** As in the middle of a rotation that Medusa has not heard of. */
const ONLY_IN_DIRECTUS = "a-secret-that-only-directus-has"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("cli", {
    directusEnv: {
      // It would tell what `diff` should find.
      MEDUSA_SYNC_SWEEP: "0",
      MEDUSA_SYNC_SECRET: `string:e2e-shared-secret-cli-M3d9,${ONLY_IN_DIRECTUS}`,
    },
  })
})
afterAll(() => stack?.stop())

const { run, json, type, folder } = makeCommandLine(() => stack)
const { both, cms, unique } = makeRecords(() => stack)

const doctor = async (how?: Parameters<typeof json>[1]) => {
  const { code, document } = await json<Diagnosis>(["doctor"], how)
  return { code, ...document, problems: document.findings.filter(({ state }) => state === "problem") }
}

const soundAgain = () =>
  eventually("all is well", async () => expect((await doctor()).problems).toEqual([]), { within: 75_000 })

describe("doctor", () => {
  test("finds nothing on a sound pair, and has looked at everything", async () => {
    await soundAgain()
    const { code, ok, findings } = await doctor()
    expect({ code, ok }).toEqual({ code: 0, ok: true })
    const checks = ["reach", "permissions", "versions", "secret", "clocks", "pair", "mapping", "schema", "licence"]
    expect([...new Set(findings.map(({ check }) => check))]).toEqual([...checks, "triggers", "sync"])
    const { code: shown, stdout, stderr } = await run(["doctor"])
    expect({ shown, stderr }).toEqual({ shown: 0, stderr: "" })
    expect(stdout).toMatch(/All is well\.\n$/)
    expect(stdout).not.toContain("\u001b")
  })

  test("tells a wrong key and a wrong token, each with where to get a right one", async () => {
    const { code, problems } = await doctor({ env: { MEDUSA_SECRET_API: "sk_wrong", DIRECTUS_TOKEN: "wrong" } })
    expect(code).toBe(1)
    expect(problems).toMatchObject([
      { check: "permissions", side: "medusa", fix: expect.stringContaining("Settings → Secret API Keys") },
      { check: "permissions", side: "directus", fix: expect.stringContaining("DIRECTUS_TOKEN=") },
    ])
  })

  test("tells a secret that neither side has, and sends it nowhere", async () => {
    stack.toDirectus.forget()
    const secret = "another-secret-than-that-of-both"
    const env = { MEDUSA_SYNC_SECRET: secret, DIRECTUS_URL: stack.toDirectus.url }
    const { code, problems } = await doctor({ env })
    expect(code).toBe(1)
    expect(problems).toMatchObject([{ check: "secret", message: expect.stringContaining("Neither side") }])
    const sent = stack.toDirectus.exchanges.filter(({ path }) => path === "/medusa-sync/records")
    expect(sent.some(({ status }) => status === 401)).toBe(true)
    for (const { headers, body } of stack.toDirectus.exchanges)
      expect(JSON.stringify(headers) + body.toString()).not.toContain(secret)
  })

  test("tells the side that has another secret", async () => {
    const { code, problems } = await doctor({ env: { MEDUSA_SYNC_SECRET: ONLY_IN_DIRECTUS } })
    expect(code).toBe(1)
    expect(problems).toMatchObject([
      {
        check: "secret",
        side: "medusa",
        message: "Medusa has another secret than the one that is set here and in Directus.",
        fix: expect.stringContaining("medusa-config"),
      },
    ])
  })

  test("tells an address where another program listens", async () => {
    const { code, problems } = await doctor({ env: { MEDUSA_URL: stack.directus.url } })
    expect(code).toBe(1)
    expect(problems).toMatchObject([
      { check: "reach", side: "medusa", message: expect.stringMatching(/is not Medusa/) },
    ])
  })

  test("tells a dropped trigger", async () => {
    // The minute's upkeep may put it back before anybody looks.
    const problems = await eventually("it is told", async () => {
      await stack.sqlMedusa("drop trigger if exists directus_sync_insert on product_tag")
      const told = await doctor()
      expect(told.code).toBe(1)
      return told.problems
    })
    expect(problems).toMatchObject([
      { check: "triggers", side: "medusa", fix: expect.stringMatching(/puts them back within a minute/) },
    ])
  })

  test("tells a stopped Directus", async () => {
    await stack.directus.stop()
    const down = await doctor()
    expect(down.code).toBe(1)
    expect(down.problems).toContainEqual(
      expect.objectContaining({ check: "reach", side: "directus", fix: expect.stringContaining("Start Directus") }),
    )
    const { code, document } = await json<Record<string, Refusal>>(["status"])
    expect({ code, error: document["directus"]?.error.code }).toEqual({ code: 1, error: "unreachable" })
    expect(document["medusa"]).toMatchObject({ state: expect.any(String) })

    await stack.directus.start()
    await soundAgain()
  }, 180_000)
})

describe("init", () => {
  test("writes what was given by flags into an empty folder, and what it writes is enough for the others", async () => {
    const cwd = folder("new")
    const env = { MEDUSA_URL: undefined, DIRECTUS_URL: undefined, MEDUSA_SYNC_SECRET: undefined }
    const flags = ["--yes", "--medusa-url", stack.medusa.url, "--directus-url", stack.directus.url]
    const other = join(cwd, "directus.env")
    // As an editor leaves it: everybody on the machine may read it.
    writeFileSync(other, "", { mode: 0o644 })
    const { code, document } = await json<{ added: string[]; medusaConfig: string }>(
      ["init", ...flags, "--directus-env", other],
      { cwd, env },
    )
    expect(code).toBe(0)
    expect(document.medusaConfig).toContain('resolve: "medusa-plugin-directus"')
    const own = parseEnv(readFileSync(join(cwd, ".env"), "utf8"))
    expect(own["MEDUSA_SYNC_SECRET"]).toMatch(/^[0-9a-f]{64}$/)
    expect(parseEnv(readFileSync(other, "utf8"))).toEqual({
      MEDUSA_URL: stack.medusa.url,
      MEDUSA_SYNC_SECRET: own["MEDUSA_SYNC_SECRET"],
    })
    for (const file of [join(cwd, ".env"), other]) expect(statSync(file).mode & 0o077, file).toBe(0)
    const keys = { MEDUSA_SECRET_API: undefined, DIRECTUS_TOKEN: undefined }
    expect((await run(["status"], { cwd, env: { ...env, ...keys } })).code).toBe(0)

    const before = readFileSync(join(cwd, ".env"), "utf8")
    expect((await run(["init", "--yes"], { cwd, env })).code).toBe(0)
    expect(readFileSync(join(cwd, ".env"), "utf8")).toBe(before)
  })

  test.skipIf(process.platform !== "linux")("asks on a terminal, and writes nothing when it is left", async () => {
    const env = Object.fromEntries(
      ["MEDUSA_URL", "DIRECTUS_URL", "MEDUSA_SECRET_API", "DIRECTUS_TOKEN", "MEDUSA_SYNC_SECRET"].map((name) => [
        name,
        undefined,
      ]),
    )
    const left = folder("left")
    const gone = await type(["init"], [["Where is Medusa?", "\u0003"]], { env, cwd: left })
    expect({ code: gone.code, written: existsSync(join(left, ".env")) }).toEqual({ code: 2, written: false })

    const cwd = folder("asked")
    const { code, stdout } = await type(
      ["init"],
      [
        ["Where is Medusa?", "\r"],
        ["Where is Directus?", "\r"],
        ["What do both sides sign with?", "\r"],
        ["A secret API key of Medusa, from", "sk_typed\r"],
        ["The static token of", "token\r"],
      ],
      { env, cwd },
    )
    expect(code).toBe(0)
    expect(stdout).toContain("npx medusa-directus doctor")
    expect(parseEnv(readFileSync(join(cwd, ".env"), "utf8"))).toEqual({
      MEDUSA_URL: "http://localhost:9000",
      DIRECTUS_URL: "http://localhost:8055",
      MEDUSA_SYNC_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
      MEDUSA_SECRET_API: "sk_typed",
      DIRECTUS_TOKEN: "token",
    })
  })
})

test("what is missing or wrong is told with what to do, and no stack trace", async () => {
  const unset = await json<Refusal>(["status"], { env: { DIRECTUS_TOKEN: undefined } })
  expect(unset).toMatchObject({ code: 2, document: { error: { code: "not_set" } } })
  expect(unset.stderr).toContain("DIRECTUS_TOKEN is not set")
  expect(await json<Refusal>(["bogus"])).toMatchObject({ code: 2, document: { error: { code: "wrong_use" } } })
  const nowhere = { env: { MEDUSA_URL: "http://localhost:1" } }
  const closed = await json<Refusal>(["diff", "--side", "medusa"], nowhere)
  expect(closed).toMatchObject({ code: 1, document: { error: { code: "unreachable" } } })
  const half = await json<Refusal>(["diff"], nowhere)
  expect(half).toMatchObject({
    code: 1,
    document: { medusa: { error: { code: "unreachable" } }, directus: { count: expect.any(Number) } },
  })
  for (const { stderr } of [unset, closed, half]) expect(stderr).not.toMatch(/^\s+at /m)
})

test("status tells both sides, in JSON and in words", async () => {
  await soundAgain()
  const { code, document } = await json<Record<string, { state: string }>>(["status"])
  expect({ code, sides: Object.keys(document) }).toEqual({ code: 0, sides: ["medusa", "directus"] })
  const { stdout } = await run(["status"])
  expect(stdout).toMatch(/^state +ok +ok$/m)
})

test("a side that is paused sends nothing until it is resumed, and both are said", async () => {
  const { product, item } = await both()
  await stack.settled()
  const paused = await run(["pause", "--side", "directus"])
  expect(paused).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Directus sends nothing\. /) })
  const title = unique("typed-in-a-pause")
  await stack.cms.edit(item, { title })
  expect(await json(["status"])).toMatchObject({
    document: { directus: { problems: [{ code: "by_person" }], details: { records: { pending: 1 } } } },
  })
  expect((await stack.shop.read(product.id)).title).not.toBe(title)
  expect(await json(["pause", "--both"])).toMatchObject({
    code: 0,
    document: { medusa: { paused: { code: "by_person", both: true } }, directus: { paused: { both: true } } },
  })
  expect(await run(["resume"])).toMatchObject({ code: 0, stdout: "Medusa goes on.\nDirectus goes on.\n" })
  await eventually("Medusa has it", async () => expect((await stack.shop.read(product.id)).title).toBe(title))
  await soundAgain()
}, 120_000)

test("a preview says of two items with one handle that one is made, and names the one that stops", async () => {
  const handle = unique("doubled")
  const [one, other] = [randomUUID(), randomUUID()].sort() as [string, string]
  for (const id of [one, other])
    await stack.sqlDirectus("insert into products (id, title, handle, status) values ($1, 'Doubled', $2, 'draft')", [
      id,
      handle,
    ])
  const side = ["--side", "directus", "--kinds", "product"]
  expect(await json(["backfill", "preview", ...side])).toMatchObject({
    code: 1,
    document: { directus: { create: 1, stopped: 1, problems: [{ localId: other, title: "Doubled" }] } },
  })
  expect((await run(["backfill", "preview", "--last", "--side", "directus"])).stdout).toMatch(
    /^Directus: product Doubled: handle is taken by another product/m,
  )
  expect(await json(["backfill", ...side])).toMatchObject({ document: { directus: { state: "done", quarantined: 1 } } })
  expect(await stack.shop.links({ peer_id: one })).toHaveLength(1)
  expect(await stack.shop.links({ peer_id: other })).toEqual([])
  await stack.cms.remove(other)
  await stack.settled()
}, 180_000)

/** A change that no hook sees. */
async function editBehindTheHooks(item: string): Promise<string> {
  const material = unique("material")
  await stack.sqlDirectus("update products set material = $1 where id = $2", [material, item])
  return material
}

const arrives = (id: string, material: string) =>
  eventually("Medusa has it", async () => expect((await stack.shop.read(id)).material).toBe(material))

test("diff finds what plain SQL changed, and tells it with --repair", async () => {
  const { product, item } = await both()
  const material = await editBehindTheHooks(item)
  const found = await json<Record<string, { count: number; drifts: unknown[] }>>(["diff"])
  expect(found).toMatchObject({
    code: 1,
    document: {
      medusa: { count: 0 },
      directus: { count: 1, drifts: [{ entity: "product", localId: item, kind: "changed", fields: ["material"] }] },
    },
  })
  expect((await run(["diff"])).stdout).toMatch(new RegExp(`product +${item} +changed +material`))
  expect((await run(["diff", "--repair"])).code).toBe(0)
  await arrives(product.id, material)
  await stack.settled()
  expect((await run(["diff"])).code).toBe(0)
})

test("a diff that is left goes on in the host, is ended by --cancel, and the last one is shown again", async () => {
  await both()
  await stack.settled()
  const side = ["--side", "directus"]
  await inTransaction(stack.directusDb, async (query) => {
    await query("lock table products_product_categories in access exclusive mode")
    const left = await type(["diff", ...side], [[" of ", "\u0003"]])
    expect(left.code).toBe(130)
    expect(left.stdout).toMatch(/goes on in Directus.*npx medusa-directus diff --cancel/s)
    expect(await json<Refusal>(["diff", "--last", ...side])).toMatchObject({
      code: 1,
      document: { error: { code: "not_ready" } },
    })
    expect((await run(["diff", "--cancel", ...side])).stdout).toMatch(/^Directus: cancelled after \d+ of \d+ records/)
  })
  expect((await run(["diff", "--cancel", ...side])).stdout).toBe("Directus: nothing is under way.\n")
  expect((await run(["diff", ...side])).stdout).toBe("Directus: nothing differs.\n")
  const last = await run(["diff", "--last", ...side])
  expect(last).toMatchObject({ code: 0, stdout: "Directus: nothing differs.\n" })
  expect(last.stderr).toMatch(/^Directus: from \d+ s ago/)
  expect((await run(["backfill", "preview", "--last", ...side])).code).toBe(1)
})

test("backfill goes to its end on both sides, and what it tells arrives", async () => {
  const { product, item } = await both()
  const material = await editBehindTheHooks(item)
  const preview = await json<Record<string, { change: number }>>(["backfill", "preview", "--side", "directus"])
  expect(preview).toMatchObject({ code: 0, document: { directus: { change: 1 } } })
  const { code, document, stderr } = await json<Record<string, Progress>>(["backfill", "--kinds", "product"])
  expect(code).toBe(0)
  for (const side of ["medusa", "directus"]) {
    const { state, done, total, waiting } = document[side] as Progress
    expect({ state, waiting, done }).toEqual({ state: "done", waiting: 0, done: total })
    expect(total).toBeGreaterThan(0)
  }
  expect(stderr).not.toContain("\u001b")
  await arrives(product.id, material)
})

/** Both sides give a product another title while neither reaches the other. */
async function quarrel(): Promise<{ id: string; item: string; ours: string; theirs: string }> {
  const { product, item } = await both()
  await stack.cutLinks()
  const [ours, theirs] = [unique("of-medusa"), unique("of-directus")]
  await stack.shop.edit(product.id, { title: ours })
  await stack.cms.edit(item, { title: theirs })
  await stack.mendLinks()
  await stack.settled(75_000)
  return { id: product.id, item, ours, theirs }
}

type Conflicts = { total: number; conflicts: { id: string; field: string; value: unknown; losingValue: unknown }[] }

test("backfill is paused, goes on and is cancelled by one side, and nobody has to wait for it", async () => {
  await both()
  await both()
  const by = async (...args: string[]) =>
    (await json<Record<string, Progress>>(["backfill", ...args, "--side", "medusa"])).document["medusa"]
  expect(await by("--detach", "--kinds", "product", "--per-minute", "1")).toMatchObject({ state: "running" })
  expect(await by("pause")).toMatchObject({ state: "paused" })
  const { done, total } = (await by("watch")) as Progress
  expect(done).toBeLessThan(total)
  expect(await by("resume")).toMatchObject({ state: "running" })
  expect(await by("cancel")).toMatchObject({ state: "cancelled" })
  expect((await run(["backfill", "status", "--side", "medusa"])).stdout).toMatch(
    /^Medusa: cancelled, \d+ of \d+ records/,
  )
  await stack.settled()
})

test("conflicts are listed once, and end on both sides by what was decided", async () => {
  const { id: product, ours, theirs } = await quarrel()
  const { code, document } = await json<Conflicts>(["conflicts"])
  expect(code).toBe(1)
  expect(document).toMatchObject({ total: 1, conflicts: [{ field: "title", value: ours, losingValue: theirs }] })
  const { id } = document.conflicts[0] as { id: string }
  expect((await run(["conflicts"])).stdout).toContain(`lost       ${theirs}  (from Directus)`)
  expect(await json<Refusal>(["conflicts", "keep", "nothing"])).toMatchObject({
    code: 1,
    document: { error: { code: "not_found" } },
  })
  expect((await run(["conflicts", "take", id])).stdout).toContain(theirs)
  await eventually("Medusa has what was taken", async () => expect((await stack.shop.read(product)).title).toBe(theirs))
  await eventually("no inbox has it", async () => expect((await run(["conflicts", "list"])).code).toBe(0))
  expect(await json<Refusal>(["conflicts", "keep", id])).toMatchObject({
    code: 1,
    document: { error: { code: "conflict" } },
  })
})

test("a conflict ends with a third value on both sides", async () => {
  const { id: product, item } = await quarrel()
  const { document } = await json<Conflicts>(["conflicts"])
  const third = unique("a third title")
  expect((await run(["conflicts", "edit", document.conflicts[0]?.id ?? "", third])).stdout).toContain(third)
  await eventually("both have it", async () => {
    expect((await stack.shop.read(product)).title).toBe(third)
    expect(await stack.cms.read(item)).toMatchObject({ title: third })
  })
  await eventually("no inbox has it", async () => expect((await run(["conflicts"])).code).toBe(0))
})

/** A product that two items could be. */
async function stopped(): Promise<{ id: string; twins: readonly [string, string] }> {
  const handle = unique("twin")
  // By plain SQL: nobody tells Medusa of them.
  const twins = [randomUUID(), randomUUID()] as const
  for (const twin of twins)
    await stack.sqlDirectus("insert into products (id, title, handle, status) values ($1, 'Twin', $2, 'draft')", [
      twin,
      handle,
    ])
  const id = await stack.shop.create({ title: "Whose?", handle })
  type Listed = Record<string, { total: number; records: { localId: string; candidates: string[] }[] }>
  const listed = await eventually("it is stopped", async () => {
    const { code, document } = await json<Listed>(["retry", "--list", "--side", "medusa"])
    expect(code).toBe(1)
    return document["medusa"]
  })
  expect(listed).toMatchObject({ total: 1, records: [{ localId: id }] })
  expect(listed?.records[0]?.candidates.toSorted()).toEqual(twins.toSorted())
  return { id, twins }
}

test("retry lists what is stopped with its reason, and sends it again when that is mended", async () => {
  const { id, twins } = await stopped()
  await stack.sqlDirectus("update products set handle = $1 where id = $2", [unique("no-twin"), twins[1]])
  expect((await run(["retry", "product", id])).stdout).toContain(`Medusa sends product ${id} again.`)
  expect(await stack.itemOf(id)).toBe(twins[0])
  await stack.settled()
  expect((await run(["retry", "--list"])).code).toBe(0)
})

test("a stopped record is left alone from then on, until it is taken up again", async () => {
  const { id, twins } = await stopped()
  expect((await run(["retry", "product", id, "--discard"])).stdout).toContain(`Medusa leaves product ${id} alone`)
  expect((await run(["retry", "--list"])).code).toBe(0)
  await stack.shop.edit(id, { title: "Nobody hears of it" })
  await stack.settled()
  expect(await stack.shop.links({ local_id: id })).toMatchObject([{ state: "unlinked", peer_id: null }])
  await stack.sqlDirectus("update products set handle = $1 where id = $2", [unique("no-twin"), twins[1]])
  expect((await run(["retry", "product", id])).code).toBe(0)
  await eventually("it is paired", async () => expect(await stack.cms.read(twins[0])).toMatchObject({ medusa_id: id }))
})

test("schema: what was backed up comes back byte by byte, and nothing is deleted unless that is said", async () => {
  const cwd = folder("schema")
  const field = (name: string) => ({ field: name, type: "string", meta: {}, schema: {} })
  await cms("/collections", "POST", { collection: "notes", schema: {}, meta: {}, fields: [field("text")] })
  expect((await run(["schema", "backup"], { cwd })).code).toBe(0)
  const backup = readFileSync(join(cwd, "snapshot.yaml"))
  const isAsBefore = async () => {
    await run(["schema", "backup", "again.yaml"], { cwd })
    expect(readFileSync(join(cwd, "again.yaml")).equals(backup)).toBe(true)
  }
  await isAsBefore()

  await cms("/collections/notes", "DELETE")
  expect(await json(["schema", "restore", "--dry-run"], { cwd })).toMatchObject({
    code: 1,
    document: { applied: false, made: expect.arrayContaining(["notes", "notes.text"]), deleted: [] },
  })
  expect((await run(["schema", "restore"], { cwd })).code).toBe(2)
  expect(await json(["schema", "restore", "--yes"], { cwd })).toMatchObject({ code: 0, document: { applied: true } })
  await isAsBefore()

  await cms("/fields/notes", "POST", field("more"))
  expect(await json<Refusal>(["schema", "restore", "--yes"], { cwd })).toMatchObject({
    code: 1,
    document: { error: { code: "would_delete", message: expect.stringContaining("notes.more") } },
  })
  expect((await run(["schema", "restore", "--yes", "--allow-deletes"], { cwd })).code).toBe(0)
  await isAsBefore()
})
