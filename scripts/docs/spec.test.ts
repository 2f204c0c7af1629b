import { expect, it } from "vitest"
import { RULES } from "../../packages/core/test/ablation/rules.ts"
import { TESTED } from "../../packages/core/test/ablation/tested-rules.ts"
import { readPage } from "./read-page.ts"

const numbers = [...readPage("packages/core/SPEC.md").matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => Number(number))

it("each rule of the engine has a number of its own", () => {
  expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([])
  expect(numbers.length).toBeGreaterThan(70)
})

it("each ablation takes out a rule that SPEC has", () => {
  const named = [...RULES, ...TESTED].flatMap(({ rule }) => /^(\d+): /.exec(rule)?.[1] ?? [])
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter((number) => !numbers.includes(Number(number)))).toEqual([])
})
