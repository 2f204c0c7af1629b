import { resolveConfig, type EntityDefinition } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import type { RecordRow } from "../src/records/record-kind"
import { makeRules, type RecordFunctions } from "../src/records/record-rules"

const row = { id: "prod_1", deleted_at: null, title: "Shirt", is_giftcard: false } as RecordRow

const product = (): EntityDefinition => {
  const entity = resolveConfig({ product: { computed: { teaser: "teaser", broken: "broken" } } }).entities.get(
    "product",
  )
  if (!entity) throw new Error("no product")
  return entity
}

function rulesOf(functions: Partial<RecordFunctions>) {
  const errors: string[] = []
  const log = { info: () => undefined, warn: () => undefined, error: (text: string) => void errors.push(text) }
  return { rules: makeRules({ compute: {}, filter: {}, ...functions }, log), errors }
}

const fail = (): never => {
  throw new Error("a secret value")
}

describe("a shop's functions", () => {
  it("add what the mapping shows, and nothing else", () => {
    const compute = {
      product: { teaser: ({ title }: { title: string }) => title.slice(0, 2), unused: fail, broken: () => 1 },
    }
    const { rules } = rulesOf({ compute })
    expect(rules.complete(product(), row)).toEqual({ ...row, computed: { teaser: "Sh", broken: 1 } })
  })

  it("that throw give null, and are reported once without their message", () => {
    const { rules, errors } = rulesOf({ compute: { product: { teaser: () => "ok", broken: fail } } })
    for (let i = 0; i < 3; i++) expect(rules.complete(product(), row).computed).toEqual({ teaser: "ok", broken: null })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/"compute\.product\.broken"/)
    expect(errors[0]).not.toContain("secret")
  })

  it("keep a record out, and keep it when they throw", () => {
    const { rules } = rulesOf({ filter: { product: ({ title }: { title: string }) => title !== "Shirt" } })
    expect(rules.admits(product(), row)).toBe(false)
    expect(rulesOf({ filter: { product: fail } }).rules.admits(product(), row)).toBe(true)
    expect(rulesOf({}).rules.admits(product(), row)).toBe(true)
  })
})
