import type { ContentAnswer, ContentRequest } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import type { ContentOptions } from "../src/options/content-options"
import { makeContentReader } from "../src/content/read-content"

const options: ContentOptions = {
  fields: new Map([["product", ["*"]]]),
  published: ["published"],
  locales: [],
  maxAge: 1_000,
  staleFor: 60_000,
  timeout: 2_000,
}
const down: ContentAnswer = { kind: "unreachable", message: "ECONNREFUSED" }

/** A reader, a clock, and a Directus that tells each record's story unless `answer` says otherwise. */
function world(more: Partial<ContentOptions> = {}) {
  const asked: ContentRequest[] = []
  const lines: string[] = []
  const state = {
    now: 0,
    answer: null as ContentAnswer | Promise<ContentAnswer> | null,
    answerTo: (_: ContentRequest): ContentAnswer | null => null,
    story: "one",
  }
  const line = (text: string) => void lines.push(text)
  const read = makeContentReader({
    kind: "product",
    options: { ...options, ...more },
    now: () => state.now,
    log: { info: line, warn: line, error: line },
    ask: async (request) => {
      asked.push(request)
      const items = Object.fromEntries(
        request.ids.filter((id) => id !== "draft").map((id) => [id, { story: `${state.story} ${id}` }]),
      )
      return (await state.answer) ?? state.answerTo(request) ?? { kind: "items", items }
    },
  })
  const stories = async (ids: string[], locale: string | null = null) =>
    Object.fromEntries([...(await read(ids, locale))].map(([id, { story }]) => [id, story]))
  return { stories, asked, lines, state }
}

describe("content for the store", () => {
  it("is asked for once a page, with what the options allow, and not again while it is fresh", async () => {
    const { stories, asked, state } = world()
    expect(await stories(["a", "b", "draft"])).toEqual({ a: "one a", b: "one b" })
    state.now = 999
    expect(await stories(["b", "a", "draft"])).toEqual({ a: "one a", b: "one b" })
    expect(asked).toEqual([
      { v: 1, entity: "product", ids: ["a", "b", "draft"], fields: ["*"], published: ["published"], locale: null },
    ])
  })

  it("is kept up to a size: of very long texts the oldest are asked for again", async () => {
    const { stories, asked, state } = world()
    state.story = "x".repeat(1_000_000)
    const ids = Array.from({ length: 40 }, (_, n) => String(n))
    for (const id of ids) await stories([id])
    const before = asked.length
    await stories(["39"])
    expect(asked.length - before).toBe(0)
    await stories(["0"])
    expect(asked.length - before).toBe(1)
    await stories(["12"])
    expect(asked.length - before).toBe(1)
  })

  it("is new as soon as it is no longer fresh", async () => {
    const { stories, state } = world()
    await stories(["a"])
    Object.assign(state, { now: 1_000, story: "two" })
    expect(await stories(["a"])).toEqual({ a: "two a" })
  })

  it("asks only for the records that are not fresh, and for each language by itself", async () => {
    const { stories, asked } = world()
    await stories(["a"])
    await stories(["a", "b"])
    await stories(["a"], "de-DE")
    expect(asked.map(({ ids, locale }) => [ids, locale])).toEqual([
      [["a"], null],
      [["b"], null],
      [["a"], "de-DE"],
    ])
  })

  it("is one question, however many pages want it at once", async () => {
    const { stories, asked } = world()
    expect(await Promise.all([stories(["a"]), stories(["a"]), stories(["a", "b"])])).toEqual([
      { a: "one a" },
      { a: "one a" },
      { a: "one a", b: "one b" },
    ])
    expect(asked.map(({ ids }) => ids)).toEqual([["a"], ["b"]])
  })

  it("is asked for in parts when there are very many records", async () => {
    const { stories, asked } = world()
    const ids = Array.from({ length: 250 }, (_, n) => `p${String(n)}`)
    expect(Object.keys(await stories(ids))).toHaveLength(250)
    expect(asked.map((request) => request.ids.length)).toEqual([100, 100, 50])
  })

  it("is asked for by four questions at once at most; what waits meanwhile is one more", async () => {
    const { stories, asked, state } = world()
    let answer = (): void => undefined
    state.answer = new Promise((resolve) => void (answer = () => resolve(null as never)))
    const pages = Array.from({ length: 40 }, (_, n) =>
      stories([`p${String(n)}`, "popular"], n % 2 === 0 ? null : "de-DE"),
    )
    expect(asked).toHaveLength(4)
    answer()
    expect(await Promise.all(pages)).toHaveLength(40)
    expect(asked.slice(4).map(({ locale, ids }) => [locale, ids.length])).toEqual([
      [null, 18],
      ["de-DE", 18],
    ])
  })
})

describe("while Directus does not answer", () => {
  it("what is kept is shown, and the log says so once", async () => {
    const { stories, state, lines } = world()
    await stories(["a"])
    Object.assign(state, { now: 2_000, answer: down })
    expect(await stories(["a", "new"])).toEqual({ a: "one a" })
    state.now = 9_000
    expect(await stories(["a"])).toEqual({ a: "one a" })
    expect(lines).toEqual([expect.stringContaining("(ECONNREFUSED); what is kept of it is shown")])
  })

  it("no page waits after the first, and one of them asks in the background every five seconds", async () => {
    const { stories, asked, state } = world()
    await stories(["a"])
    Object.assign(state, { now: 2_000, answer: down })
    await stories(["a"])
    // From here on Directus never answers: a page that waited for it would not end.
    state.answer = new Promise(() => undefined)
    for (const now of [2_001, 6_999, 7_000, 7_001, 11_999]) {
      state.now = now
      expect(await stories(["a"])).toEqual({ a: "one a" })
    }
    expect(asked).toHaveLength(3)
  })

  it("the background question brings the new content, and the log says that it is over", async () => {
    const { stories, state, lines } = world()
    await stories(["a"])
    Object.assign(state, { now: 2_000, answer: down })
    await stories(["a"])
    Object.assign(state, { now: 7_000, answer: null, story: "two" })
    expect(await stories(["a"])).toEqual({ a: "one a" })
    await new Promise(setImmediate)
    expect(await stories(["a"])).toEqual({ a: "two a" })
    expect(lines.at(-1)).toBe("Directus tells the store the content of product records again.")
  })

  it("a page waits as long as the option says, also when it is others that Directus answers slowly", async () => {
    const { stories, state } = world({ timeout: 50 })
    await stories(["a"])
    state.now = 2_000
    state.answer = new Promise(() => undefined)
    const pages = Array.from({ length: 10 }, (_, n) => stories(["a", `p${String(n)}`]))
    expect(await Promise.all(pages)).toEqual(pages.map(() => ({ a: "one a" })))
  })

  it("those that wait for their turn go without, and nobody asks for them", async () => {
    const { stories, asked, state } = world()
    state.answer = Promise.resolve(down)
    const pages = Array.from({ length: 40 }, (_, n) => stories([`p${String(n)}`]))
    expect(await Promise.all(pages)).toEqual(pages.map(() => ({})))
    expect(asked).toHaveLength(4)
  })

  it("nothing is shown that is too old", async () => {
    const { stories, state } = world()
    await stories(["a"])
    Object.assign(state, { now: 61_000, answer: down })
    expect(await stories(["a"])).toEqual({})
  })

  it("because it refuses, nothing is shown, and the log says what to do", async () => {
    const { stories, state, lines } = world()
    await stories(["a"])
    const message = "Give both sides the same secret."
    Object.assign(state, { now: 2_000, answer: { kind: "refused", message } })
    expect(await stories(["a"])).toEqual({})
    expect(lines).toEqual([expect.stringContaining(message)])
  })
})

describe("a question that Directus rejects", () => {
  const rejected: ContentAnswer = { kind: "rejected", message: "Not valid at locale." }

  it("hides nothing of what others ask for, and what is kept of its own", async () => {
    const { stories, state, lines } = world()
    await stories(["a"])
    await stories(["a"], "de-DE")
    Object.assign(state, { now: 2_000, answer: rejected })
    expect(await stories(["a", "b"], "de-DE")).toEqual({ a: "one a" })
    Object.assign(state, { answer: null, story: "two" })
    expect(await stories(["a", "b"])).toEqual({ a: "two a", b: "two b" })
    expect(lines).toEqual([expect.stringContaining("(de-DE): Not valid at locale. What is kept of it is shown.")])
  })

  it("because its answer would be too large is put in halves", async () => {
    const { stories, asked, state, lines } = world()
    const large = { kind: "rejected", message: "Too large", tooLarge: true } as const
    state.answerTo = ({ ids }) => (ids.length > 2 || ids.includes("huge") ? large : null)
    expect(Object.keys(await stories(["a", "b", "huge", "d", "e"]))).toEqual(["a", "b", "d", "e"])
    expect(asked.map(({ ids }) => ids.length)).toEqual([5, 3, 2, 1, 2])
    expect(lines).toEqual(["The content of the product huge is not shown: Too large."])
    expect(await stories(["f"])).toEqual({ f: "one f" })
  })

  it("is put again in the background every five seconds, and no page waits for it", async () => {
    const { stories, asked, state } = world()
    Object.assign(state, { answer: rejected })
    expect(await stories(["a"])).toEqual({})
    state.answer = new Promise(() => undefined)
    for (const now of [1, 4_999, 5_000, 5_001]) {
      state.now = now
      expect(await stories(["a"])).toEqual({})
    }
    expect(asked).toHaveLength(2)
  })
})
