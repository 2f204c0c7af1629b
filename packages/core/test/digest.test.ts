import { describe, expect, it } from "vitest"
import { emptyLink, tombstoneId, type Link } from "../src/link/link.ts"
import { differingBuckets, isCompared, linkDigest, packBuckets, sumUp } from "../src/link/digest.ts"
import { compareLinks } from "../src/repair/repair-records.ts"
import { answerLinks, repairLinks } from "../src/repair/run-repair.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { SIZES } from "../src/sizes.ts"
import { Pair } from "./pair.ts"

const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "m1"),
  peerId: "d1",
  rev: 9,
  seen: 2,
  acked: 3,
  ...more,
})
/** The same pair as the other side keeps it. */
const mirrored = ({ localId, peerId, seen, acked, ...rest }: Link): Link => ({
  ...rest,
  localId: peerId ?? "",
  peerId: localId,
  seen: acked,
  acked: seen,
})

describe("the digest of a pair", () => {
  it("is the same on both hosts when each has taken in what the other one has told", () => {
    expect(linkDigest("directus", mirrored(link()))).toEqual(linkDigest("medusa", link()))
  })

  it("differs with every part of it, and not with a rev that nobody has been told of", () => {
    const [, sum] = linkDigest("medusa", link())
    const others = [
      { entity: "variant" },
      { localId: "m2" },
      { peerId: "d2" },
      { seen: 3 },
      { acked: 4 },
      { seen: 3, acked: 2 },
    ]
    const sums = others.map((other) => linkDigest("medusa", link(other))[1])
    expect(new Set([sum, ...sums]).size).toBe(7)
    expect(linkDigest("medusa", link({ rev: 99 }))[1]).toBe(sum)
  })

  it("stands in the bucket of Medusa's id, whatever else changes", () => {
    const [bucket] = linkDigest("medusa", link())
    expect(linkDigest("medusa", link({ peerId: "d2", seen: 9, acked: 9 }))[0]).toBe(bucket)
    const buckets = new Set(
      Array.from({ length: 2000 }, (_, i) => linkDigest("medusa", link({ localId: `m${String(i)}` }))[0]),
    )
    expect(buckets.size).toBeGreaterThan(800)
    expect(Math.max(...buckets)).toBeLessThan(SIZES.buckets)
    expect(Math.min(...buckets)).toBeGreaterThanOrEqual(0)
  })

  it("is taken of pairs only", () => {
    expect(isCompared(link())).toBe(true)
    expect(isCompared(link({ peerId: null }))).toBe(false)
    expect(isCompared(link({ localId: tombstoneId("d1") }))).toBe(false)
    expect(sumUp("medusa", [link({ peerId: null }), link({ localId: tombstoneId("d1") })])).toEqual([])
  })
})

describe("the sums of all pairs", () => {
  const [bucket, digest] = linkDigest("medusa", link())

  it("add up, so that no order counts and the size is the same for any catalogue", () => {
    const many = Array.from({ length: 50 }, (_, i) => link({ localId: `m${String(i)}` }))
    expect(packBuckets(sumUp("medusa", many))).toBe(packBuckets(sumUp("medusa", [...many].reverse())))
    expect(packBuckets([])).toHaveLength(16_384)
    expect(packBuckets(sumUp("medusa", many))).toHaveLength(16_384)
    expect(sumUp("medusa", [link(), link()])).toEqual([{ bucket, links: 2, sum: (2n * digest).toString() }])
  })

  it("name the buckets that differ, with the size of the larger one", () => {
    const packed = (links: number, sum: string) => packBuckets([{ bucket: 5, links, sum }])
    expect(differingBuckets(packed(3, "7"), packed(3, "7"))).toEqual([])
    expect(differingBuckets(packed(3, "7"), packed(3, "8"))).toEqual([{ bucket: 5, links: 3 }])
    expect(differingBuckets(packed(3, "7"), packed(4, "7"))).toEqual([{ bucket: 5, links: 4 }])
    expect(differingBuckets(packed(9, "7"), packBuckets([]))).toEqual([{ bucket: 5, links: 9 }])
    expect(differingBuckets(packBuckets([{ bucket: 1023, links: 1, sum: "1" }]), packBuckets([]))).toEqual([
      { bucket: 1023, links: 1 },
    ])
  })

  it("beyond 64 bits begin again, and an answer that is cut short differs", () => {
    const large = (2n ** 64n + 7n).toString()
    expect(
      differingBuckets(
        packBuckets([{ bucket: 0, links: 1, sum: large }]),
        packBuckets([{ bucket: 0, links: 1, sum: "7" }]),
      ),
    ).toEqual([])
    expect(differingBuckets(packBuckets([]), "")).toHaveLength(SIZES.buckets)
  })
})

describe("a comparison of all links", () => {
  async function pairOf(size: number): Promise<Pair> {
    const pair = new Pair(resolveConfig())
    for (let n = 0; n < size; n++) pair.medusa.create("product", { title: `P${String(n)}`, handle: `p-${String(n)}` })
    await pair.settle()
    return pair
  }

  it("is answered by the links of the buckets that are asked for", async () => {
    const pair = await pairOf(30)
    const [first] = [...pair.medusa.table("product").links.values()]
    if (!first) throw new Error("no link")
    const [bucket] = linkDigest("medusa", first)
    const answer = await answerLinks(pair.directus.ports, [bucket])
    expect(answer).toMatchObject({ kind: "links", complete: true })
    expect(answer.kind === "links" && answer.links).toContainEqual({
      entity: "product",
      id: first.peerId,
      peer: first.localId,
      seen: first.acked,
      acked: first.seen,
    })
  })

  it("asks for a thousand links at once at most", async () => {
    const pair = await pairOf(1500)
    const { links } = pair.medusa.table("product")
    for (const [id, each] of links) links.set(id, { ...each, acked: 0 })
    const report = await repairLinks(pair.medusa.ports)
    expect(report).toMatchObject({ requests: 3, repaired: 1500 })
    expect(report?.differing).toBeGreaterThan(700)
    const [one] = [...links.values()]
    expect(one?.acked).toBeGreaterThan(0)
  })

  it("after both sides were restored tells everything again, however much it is", async () => {
    const pair = await pairOf(1001)
    const { links, marks } = pair.medusa.table("product")
    const before = new Map([...links].map(([id, { rev }]) => [id, rev]))
    pair.medusa.control = { ...pair.medusa.control, repair: "both_restored", past: [pair.medusa.control.epoch] }
    await repairLinks(pair.medusa.ports)
    expect(marks.size).toBe(1001)
    for (const [id, { rev, aliveRev }] of links) {
      expect(rev).toBeGreaterThan((before.get(id) ?? 0) + 999_000)
      expect(aliveRev).toBe(rev)
    }
  })

  it("that a person asks for says why it cannot be done", async () => {
    const pair = await pairOf(1)
    const { ports } = pair.medusa
    expect(await compareLinks(ports)).toEqual({ requests: 1, differing: 0, repaired: 0 })
    await ports.updateControl({ repair: "restored" })
    await expect(compareLinks(ports)).rejects.toMatchObject({
      code: "restored",
      retryable: true,
      message: expect.stringMatching(/Ask again/) as string,
    })
    const moved = { code: "database_moved", message: "It moved.", since: "2026-01-01T00:00:00.000Z" } as const
    await ports.updateControl({ repair: null, paused: moved })
    await expect(compareLinks(ports)).rejects.toMatchObject({ code: "database_moved", message: "It moved." })
    await ports.updateControl({ paused: { ...moved, code: "unauthorized" } })
    pair.network = () => {
      throw new Error("nobody there")
    }
    await expect(compareLinks(ports)).rejects.toMatchObject({
      code: "peer_unreachable",
      retryable: true,
      message: expect.stringMatching(/^directus did not answer/) as string,
    })
  })
})
