import { digestSql, linkDigest, sumUp } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { eventually } from "../eventually.ts"
import { runSql } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

const products = Number(process.env["E2E_PRODUCTS"] ?? 500)
/** Of each side's rows that change behind its hooks. */
const edited = { product: Math.round(products * 0.7), variant: Math.round(products * 1.22) }
const FEW = 10
const KB = 1024

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("repair", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
})
afterAll(() => stack?.stop())

/** The comparison and the sweep that each process makes after its start are over. */
async function calm(): Promise<void> {
  await eventually(
    "both have compared, and Medusa has swept",
    async () => {
      const medusa = await stack.sqlMedusa("select task from directus_sync_turn order by 1")
      const directus = await stack.sqlDirectus("select task from medusa_sync_turn order by 1")
      expect(medusa.map(({ task }) => task)).toEqual(expect.arrayContaining(["compare", "sweep"]))
      expect(directus.map(({ task }) => task)).toContain("compare")
    },
    { within: 120_000 },
  )
  await stack.settled(120_000)
}

async function seed(count: number): Promise<void> {
  const { sdk } = stack.shop
  for (let done = 0; done < count; done += 50) {
    const create = Array.from({ length: Math.min(50, count - done) }, (_, i) => {
      const name = `shirt-${String(done + i)}`
      return {
        title: name,
        handle: name,
        options: [{ title: "Size", values: ["S", "M"] }],
        variants: ["S", "M"].map((size) => ({
          title: size,
          sku: `${name}-${size}`,
          options: { Size: size },
          prices: [{ currency_code: "eur", amount: 10 }],
        })),
      }
    })
    await sdk.admin.product.batch({ create } as Parameters<typeof sdk.admin.product.batch>[0])
  }
}

const sides = ["medusa", "directus"] as const
type Side = (typeof sides)[number]
const api = (side: Side) => (side === "medusa" ? stack.shop : stack.cms)
const way = (side: Side) => (side === "medusa" ? stack.toDirectus : stack.toMedusa)

/** Of one comparison. A process makes one of its own soon after its start, which may fall into the first try. */
async function costOfComparison(side: Side): Promise<number> {
  return eventually(
    `the comparison that ${side} was asked for is one request, and nothing else asks beside it`,
    async () => {
      way(side).forget()
      expect(await api(side).compare()).toEqual({ requests: 1, differing: 0, repaired: 0 })
      const { questions } = way(side)
      expect(questions).toHaveLength(1)
      return questions.reduce((sum, { size, answerSize }) => sum + size + answerSize, 0)
    },
    { within: 10_000 },
  )
}

test.each(sides)("PostgreSQL sums up the links of %s as JavaScript does, whatever their ids hold", async (side) => {
  const ids = ["1", "it's", 'say "x"', "back\\slash", "back\\nslash", "Grüße 🦄", "two\nlines", "%_like", "$1 ?", "--"]
  const links = ids.flatMap((id, i) =>
    ids.map((peer, j) => ({
      entity: i % 2 ? "product" : "my\\kind's",
      localId: id,
      peerId: `${peer}é`,
      rev: 1,
      seen: i * 1_000_003,
      acked: j,
    })),
  )
  const strangers = [
    { ...links[0], peerId: null },
    { ...links[0], localId: "tombstone:1" },
  ]
  const { bucket, digest, compared } = digestSql(side)
  for (const counter of ["int", "bigint"]) {
    const rows = await runSql(
      inject("e2e").postgresUrl,
      `with l as (select entity, "localId" as local_id, "peerId" as peer_id, seen, acked from jsonb_to_recordset($1::jsonb)
         as r(entity text, "localId" text, "peerId" text, seen ${counter}, acked ${counter}))
       select ${bucket} as bucket, count(*)::int as links, sum(${digest})::text as sum from l where ${compared} group by 1 order by 1`,
      [JSON.stringify([...links, ...strangers])],
    )
    expect(rows).toEqual(sumUp(side, links).sort((a, b) => a.bucket - b.bucket))
  }
  expect(new Set(links.map((link) => linkDigest(side, link)[1])).size).toBe(links.length)
})

describe("a catalogue", () => {
  const before = {} as Record<Side, number>
  beforeAll(async () => {
    await stack.shop.create({ title: "The first", handle: "the-first" })
    await calm()
    for (const side of sides) before[side] = await costOfComparison(side)
    await seed(products)
    await eventually(
      "all of it is in Directus",
      async () => {
        const [row] = await stack.sqlDirectus("select count(*)::int as n from product_variants")
        expect(row?.["n"]).toBeGreaterThanOrEqual(2 * products)
      },
      { within: 240_000 },
    )
    await calm()
  }, 600_000)

  test.each(sides)(
    "that is equal on both sides costs %s one request of at most 24 kB, whatever its size",
    async (side) => {
      const cost = await costOfComparison(side)
      console.log(
        `${side}: ${before[side]} bytes for one product, ${cost} bytes for ${products} with ${2 * products} variants`,
      )
      expect(cost).toBeLessThanOrEqual(24 * KB)
      expect(Math.abs(cost - before[side])).toBeLessThan(KB)
    },
  )

  test.each(sides)(
    "whose link was deleted in %s: the other side's comparison finds it, and it is made again",
    async (side) => {
      const other = side === "medusa" ? "directus" : "medusa"
      const handle = side === "medusa" ? "shirt-1" : "shirt-2"
      const [product] = await stack.shop.find({ handle })
      const item = await stack.itemOf(product?.id ?? "")
      await (side === "medusa"
        ? stack.sqlMedusa("delete from directus_sync_link where local_id = $1", [product?.id])
        : stack.sqlDirectus("delete from medusa_sync_link where local_id = $1", [item]))
      expect(await api(other).compare()).toMatchObject({ differing: 1, repaired: 1 })
      await stack.settled()
      expect(await stack.itemOf(product?.id ?? "")).toBe(item)
      expect(await stack.shop.find({ handle })).toHaveLength(1)
      expect(await stack.cms.find({ handle })).toHaveLength(1)
      for (const each of sides) expect(await api(each).compare()).toEqual({ requests: 1, differing: 0, repaired: 0 })
    },
  )

  test("that drifted in Directus: the report names it and marks nothing; one record is repaired, then all", async () => {
    const [a, b, c] = await Promise.all(
      ["shirt-3", "shirt-4", "shirt-5"].map(async (handle) => (await stack.cms.find({ handle }))[0]?.id ?? ""),
    )
    await stack.sqlDirectus("update products set subtitle = 'by SQL', material = 'by SQL' where id::text = any($1)", [
      [a, b, c],
    ])
    stack.toMedusa.forget()
    const report = await stack.cms.drift()
    expect(report.count).toBe(3)
    expect(report.drifts.map(({ localId }) => localId).sort()).toEqual([a, b, c].sort())
    for (const drift of report.drifts)
      expect(drift).toMatchObject({
        entity: "product",
        kind: "changed",
        fields: expect.arrayContaining(["subtitle", "material"]),
      })
    expect(await stack.cms.drift({ limit: 2 })).toMatchObject({ count: 3, drifts: { length: 2 } })
    expect(await stack.cms.status()).toMatchObject({ pending: 0 })

    expect(await stack.cms.repair({ records: [{ entity: "product", id: a }] })).toBe(1)
    await stack.settled()
    expect(stack.toMedusa.sent().map(({ id }) => id)).toEqual([a])
    expect(await stack.cms.repair({ all: true })).toBe(2)
    await stack.settled()
    expect(
      stack.toMedusa
        .sent()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([a, b, c].sort())
    const [shown] = await stack.shop.find({ handle: "shirt-5" })
    expect(shown).toMatchObject({ subtitle: "by SQL", material: "by SQL" })
    expect(await stack.cms.drift()).toEqual({ count: 0, drifts: [], waiting: 0 })
  })

  test("that drifted in Directus, and Medusa is to win: its values are told again, and what Directus had is in the inbox", async () => {
    const [product] = await stack.shop.find({ handle: "shirt-6" })
    const item = await stack.itemOf(product?.id ?? "")
    await stack.sqlDirectus("update products set title = 'nobody told' where id = $1", [item])
    const records = [{ entity: "product", id: product?.id }]
    expect(await stack.shop.repair({ records, thisSideWins: true })).toBe(1)
    await eventually("Directus shows Medusa's title", async () =>
      expect((await stack.cms.read(item))["title"]).toBe("shirt-6"),
    )
    await stack.settled()
    expect((await stack.conflicts()).filter(({ losingValue }) => losingValue === "nobody told")).toHaveLength(1)
    expect((await stack.shop.drift()).count + (await stack.cms.drift()).count).toBe(0)
  })

  test("cannot be repaired by a wrong request, nor by a stranger", async () => {
    for (const body of [{}, { all: false }, { records: [] }, { records: [{ entity: "shoe", id: "1" }] }]) {
      await expect(stack.cms.repair(body)).rejects.toThrow("answered 400")
      await expect(stack.shop.repair(body)).rejects.toMatchObject({ status: 400 })
    }
    const asked = ["compare", "repair", "drift"].flatMap((path) => {
      const init =
        path === "drift" ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }
      return [`${stack.directus.url}/medusa-sync/${path}`, `${stack.medusa.url}/admin/directus/${path}`].map((url) =>
        fetch(url, init),
      )
    })
    for (const { status } of await Promise.all(asked)) expect([401, 403]).toContain(status)
  })

  test("whose triggers somebody drops: they are there again within a minute, and what they missed arrives", async () => {
    const [product] = await stack.shop.find({ handle: "shirt-7" })
    const item = await stack.itemOf(product?.id ?? "")
    await stack.sqlMedusa(withoutTriggers(`update product set subtitle = 'not seen' where id = '${product?.id ?? ""}'`))
    expect((await stack.shop.status()).capture).toBe("missing")
    await eventually(
      "the triggers are there",
      async () => expect((await stack.shop.status()).capture).toBe("installed"),
      {
        within: 75_000,
      },
    )
    await eventually(
      "the change is in Directus",
      async () => expect((await stack.cms.read(item))["subtitle"]).toBe("not seen"),
      {
        within: 60_000,
      },
    )
  })

  describe("of which a thousand rows change behind the hooks on each side, while both are down", () => {
    const gone = {} as Record<Side, { product: string[]; variant: string[] }>
    const made = {} as Record<Side, string[]>
    const touched = new Set<string>()
    const tables = {
      medusa: { product: "product", variant: "product_variant" },
      directus: { product: "products", variant: "product_variants" },
    }
    const sql = (side: Side, text: string, values: unknown[] = []) =>
      side === "medusa" ? stack.sqlMedusa(text, values) : stack.sqlDirectus(text, values)
    const idsOf = async (side: Side, text: string, values: unknown[] = []) =>
      (await sql(side, text, values)).map((row) => String(row["id"]))
    /** Any rows, others in each run: Medusa's ids are. */
    const some = (side: Side, kind: "product" | "variant", count: number, salt: string, but: string[] = []) =>
      idsOf(
        side,
        `select id from ${tables[side][kind]} where id::text <> all($1) order by md5(id::text || $2) limit ${String(count)}`,
        [but, salt],
      )
    const pairs = async () =>
      new Map(
        (await stack.sqlMedusa("select local_id, peer_id from directus_sync_link where peer_id is not null")).map(
          ({ local_id: mine, peer_id: theirs }) => [String(mine), String(theirs)],
        ),
      )
    let known: Map<string, string>
    let conflicts: number
    const changed = {} as Record<Side, { product: string[]; variant: string[] }>

    beforeAll(async () => {
      await stack.settled()
      conflicts = (await stack.conflicts()).length
      await Promise.all([stack.medusa.stop(), stack.directus.stop()])
      known = await pairs()
      const back = new Map([...known].map(([mine, theirs]) => [theirs, mine]))
      const partsOf = (side: Side, ids: string[]) =>
        idsOf(
          side,
          `select id from product_variants where product::text = any($1)`.replace(
            "product_variants where product",
            side === "medusa" ? "product_variant where product_id" : "product_variants where product",
          ),
          [ids],
        )
      // What one side deletes nobody edits: who wins then is another test's question.
      const others: Record<Side, string[]> = { medusa: [], directus: [] }
      for (const side of sides) {
        const product = await some(side, "product", FEW, "gone", others[side])
        const parts = await partsOf(side, product)
        const variant = await some(side, "variant", 2 * FEW, "gone", [...parts, ...others[side]])
        gone[side] = { product, variant }
        const all = [...product, ...parts, ...variant]
        others.medusa.push(...(side === "medusa" ? all : all.map((id) => back.get(id) ?? "")))
        others.directus.push(...(side === "directus" ? all : all.map((id) => known.get(id) ?? "")))
      }
      for (const side of sides) {
        changed[side] = {
          product: await some(side, "product", edited.product, side, others[side]),
          variant: await some(side, "variant", edited.variant, side, others[side]),
        }
        made[side] = Array.from({ length: FEW }, (_, i) =>
          side === "medusa" ? `prod_by_sql_${String(i)}` : crypto.randomUUID(),
        )
        for (const id of [
          ...changed[side].product,
          ...changed[side].variant,
          ...gone[side].product,
          ...gone[side].variant,
        ])
          touched.add(id)
      }
      const list = (ids: string[]) => ids.map((id) => `'${id}'`).join(", ")
      const rows = (side: Side) =>
        made[side]
          .map((id, i) => `('${id}', 'By SQL in ${side} ${String(i)}', 'by-sql-${side}-${String(i)}')`)
          .join(", ")
      await stack.sqlMedusa(
        withoutTriggers(`
          update product set subtitle = 'm ' || id where id in (${list(changed.medusa.product)});
          update product_variant set material = 'm ' || id where id in (${list(changed.medusa.variant)});
          update product_variant set deleted_at = now() where id in (${list(gone.medusa.variant)});
          update product_variant set deleted_at = now() where product_id in (${list(gone.medusa.product)});
          update product set deleted_at = now() where id in (${list(gone.medusa.product)});
          insert into product (id, title, handle) values ${rows("medusa")};
          insert into product (id, title, handle, created_at) values ('prod_older', 'Older', 'older-than-the-sync', '2020-01-01')`),
      )
      for (const statement of [
        `update products set material = 'd ' || id::text where id::text in (${list(changed.directus.product)})`,
        `update product_variants set title = 'd ' || id::text where id::text in (${list(changed.directus.variant)})`,
        `delete from product_variants where id::text in (${list(gone.directus.variant)})`,
        `delete from product_variants where product::text in (${list(gone.directus.product)})`,
        `delete from products where id::text in (${list(gone.directus.product)})`,
        `insert into products (id, title, handle) values ${rows("directus")}`,
      ])
        await stack.sqlDirectus(statement)
      stack.toDirectus.forget()
      stack.toMedusa.forget()
      stack.writeShop({ sweepInterval: 2000 })
      stack.writeCms({ MEDUSA_SYNC_SWEEP: "2000" })
      await Promise.all([stack.medusa.start(), stack.directus.start()])
    }, 300_000)

    test("the triggers are installed again at the next start", async () => {
      expect((await stack.shop.status()).capture).toBe("installed")
    })

    test("each side asks before it tells so much", async () => {
      await eventually("both have found it", async () => {
        expect(await stack.shop.status()).toMatchObject({ paused: { code: "mass_change" } })
        expect(await stack.cms.status()).toMatchObject({ paused: { code: "mass_change" } })
      })
      await Promise.all([stack.shop.resume(), stack.cms.resume()])
    })

    test("all of it is found and merged, and nothing else is told", async () => {
      await eventually(
        "no drift is left on either side",
        async () => {
          await stack.settled(1000)
          expect((await stack.shop.drift()).drifts).toEqual([])
          expect((await stack.cms.drift()).drifts).toEqual([])
        },
        { within: 240_000 },
      )
      await stack.settled(60_000)
      const back = new Map([...known].map(([mine, theirs]) => [theirs, mine]))
      const valuesOf = async (side: Side, kind: "product" | "variant", column: string, ids: string[]) =>
        new Map(
          (
            await sql(side, `select id, ${column} as value from ${tables[side][kind]} where id::text = any($1)`, [ids])
          ).map(({ id, value }) => [String(id), value]),
        )

      const expectBoth = async (kind: "product" | "variant", column: string, from: Side) => {
        const ids = changed[from][kind]
        const to = from === "medusa" ? "directus" : "medusa"
        const peer = new Map(ids.map((id) => [id, (from === "medusa" ? known : back).get(id) ?? ""]))
        const here = await valuesOf(from, kind, column, ids)
        const there = await valuesOf(to, kind, column, [...peer.values()])
        const lost = ids.filter((id) => {
          const value = `${from.charAt(0)} ${id}`
          return here.get(id) !== value || there.get(peer.get(id) ?? "") !== value
        })
        expect(lost).toEqual([])
      }
      await expectBoth("product", "subtitle", "medusa")
      await expectBoth("variant", "material", "medusa")
      await expectBoth("product", "material", "directus")
      await expectBoth("variant", "title", "directus")

      // What each side does with the other's deletes is the mapping's default: archived, and Medusa keeps its variants.
      const shown = await valuesOf(
        "directus",
        "product",
        "status",
        gone.medusa.product.map((id) => known.get(id) ?? ""),
      )
      expect(new Set(shown.values())).toEqual(new Set(["archived"]))
      const variants = await valuesOf(
        "directus",
        "variant",
        "archived",
        gone.medusa.variant.map((id) => known.get(id) ?? ""),
      )
      expect(new Set(variants.values())).toEqual(new Set([true]))
      const drafts = await valuesOf(
        "medusa",
        "product",
        "status",
        gone.directus.product.map((id) => back.get(id) ?? ""),
      )
      expect(new Set(drafts.values())).toEqual(new Set(["draft"]))
      for (const side of sides) {
        expect((await stack.shop.find({ handle: `by-sql-${side}-0` })).length).toBe(1)
        const [row] = await stack.sqlDirectus("select count(*)::int as n from products where handle like $1", [
          `by-sql-${side}-%`,
        ])
        expect(row?.["n"]).toBe(FEW)
        const [inMedusa] = await stack.sqlMedusa(
          "select count(*)::int as n from product where deleted_at is null and handle like $1",
          [`by-sql-${side}-%`],
        )
        expect(inMedusa?.["n"]).toBe(FEW)
      }
      // It waits for a backfill.
      expect(await stack.cms.find({ handle: "older-than-the-sync" })).toEqual([])
      const sent = { medusa: stack.toDirectus.sent(), directus: stack.toMedusa.sent() }
      const untouched = (id: string, side: Side) => (side === "medusa" ? known : back).has(id) && !touched.has(id)
      for (const side of sides)
        expect(
          sent[side]
            .filter(({ id }) => untouched(id, side))
            .map(({ entity, id, fields }) => [entity, id, Object.keys(fields)]),
        ).toEqual([])
      console.log(
        `${touched.size + 2 * FEW} rows changed by SQL: ${sent.medusa.length} records told by Medusa, ${sent.directus.length} by Directus`,
      )
      expect(await stack.conflicts()).toHaveLength(conflicts)
    }, 400_000)
  })
})

/** Does what a database administrator's script does that knows nothing of the sync. */
const withoutTriggers = (statements: string): string => `
  do $do$ declare one record; begin
    for one in select tgname, tgrelid::regclass as relation from pg_trigger
      where tgfoid = to_regproc('directus_sync_capture') and not tgisinternal
    loop execute format('drop trigger %I on %s', one.tgname, one.relation); end loop;
  end $do$;
  ${statements};`
