import { describe, expect, it, vi } from "vitest"
import hook from "../src/sync-hook/index"

type Act = (meta: Record<string, unknown>, event: unknown) => unknown

/** The hook as Directus registers it, on a database that refuses everything. */
function registered() {
  const lines: string[] = []
  const say = (line: unknown) => lines.push(String(line))
  const actions = new Map<string, Act[]>()
  const database = Object.assign(() => refuse(), {
    raw: refuse,
    transaction: refuse,
    client: { config: { client: "pg" }, pool: {} },
  })
  const context = {
    env: {},
    database,
    getSchema: refuse,
    services: {},
    logger: { info: say, warn: say, error: say, child: () => context.logger },
  }
  hook(
    {
      filter: () => undefined,
      init: () => undefined,
      schedule: () => undefined,
      action: (name: string, act: Act) => actions.set(name, [...(actions.get(name) ?? []), act]),
    } as never,
    context as never,
  )
  const emit = async (name: string, meta: Record<string, unknown>) => {
    const event = broken({ database, accountability: null })
    for (const act of actions.get(name) ?? []) act(meta, event)
    await vi.waitFor(() => expect(lines).not.toEqual([]))
    return lines
  }
  return { emit }
}

const refuse = (): never => {
  throw Object.assign(new Error("the statement, with its values"), { code: "57P01" })
}

/** What the hook asks first of an event is its schema. */
const broken = (event: object): unknown =>
  new Proxy(event, { get: (of, name) => (name === "schema" ? refuse() : Reflect.get(of, name)) })

describe("a failure after an action that nobody waits for", () => {
  it.each(["items.create", "items.update", "items.delete", "files.delete", "items.sort"])(
    "is in the log, without values: %s",
    async (name) => {
      const lines = await registered().emit(name, { collection: "products", keys: ["1"] })
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(/57P01.*\.$/)
      expect(lines[0]).toContain("The sweep finds it")
      expect(lines[0]).not.toContain("values")
    },
  )
})
