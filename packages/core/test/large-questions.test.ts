import { expect, it } from "vitest"
import { CLOSED } from "../src/guard/breaker.ts"
import { readStates } from "../src/inbox/read-states.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

const TOO_LARGE = '{"errors":[{"message":"Invalid payload. request entity too large."}]}'

/** A Directus that takes questions of up to `limit` bytes. */
function limited(pair: Pair, limit: number): void {
  const { directus } = pair.endpoints
  pair.endpoints.directus = async (request) =>
    Buffer.byteLength(request.rawBody) > limit ? { status: 413, headers: {}, body: TOO_LARGE } : directus(request)
}

async function filled(count: number, length = 10): Promise<{ pair: Pair; ids: string[] }> {
  const pair = new Pair(resolveConfig())
  const ids = Array.from({ length: count }, (_, n) =>
    pair.medusa.create("product", { title: "P", handle: `p-${String(n)}`, description: "d".repeat(length) }),
  )
  await pair.settle()
  return { pair, ids }
}

const isCalm = async ({ medusa }: Pair): Promise<void> =>
  expect(await medusa.ports.readControl()).toMatchObject({ breaker: CLOSED, paused: null })

it("a preview that is too large for a limit is asked in halves, and one record that is by itself would stop", async () => {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < 12; n++)
    pair.medusa.create("product", { title: "P", handle: `p-${String(n)}`, description: "d".repeat(8_000) }, false)
  const long = pair.medusa.create("product", { title: "Long", handle: "long", description: "d".repeat(70_000) }, false)
  limited(pair, 50_000)
  const told = await previewBackfill(pair.medusa.ports, ["product"])
  expect(told).toMatchObject({ create: 12, stopped: 1, problems: [{ localId: long, title: "Long" }] })
  expect(told.problems[0]?.reason).toMatch(/^too_large: .*MAX_PAYLOAD_SIZE/)
  await isCalm(pair)
})

it("the states of many records are asked for in halves", async () => {
  const { pair, ids } = await filled(60)
  limited(pair, 1_500)
  const states = await readStates(pair.medusa.ports, "product", ids)
  expect([...states.values()].map(({ state }) => state)).toEqual(ids.map(() => "synced"))
  await isCalm(pair)
})

it("a comparison that has lost much asks for it in halves", async () => {
  const { pair, ids } = await filled(60)
  const { links } = pair.directus.table("product")
  links.clear()
  pair.directus.table("product").byPeer.clear()
  limited(pair, 1_500)
  expect(await repairLinks(pair.medusa.ports)).toMatchObject({ repaired: ids.length })
  await isCalm(pair)
})
