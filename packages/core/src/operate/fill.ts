import type { Facts } from "./problem.ts"

const GAP = /\{\{(\w+)\}\}/g

const isKnown = (facts: Facts, name: string): boolean => Object.hasOwn(facts, name)

/** Puts facts into the gaps of a text: `{{name}}`. One that is not known stays as it is. */
export const fill = (template: string, facts: Facts): string =>
  template.replace(GAP, (gap, name: string) => (isKnown(facts, name) ? String(facts[name]) : gap))

export const isWhole = (template: string, facts: Facts): boolean =>
  [...template.matchAll(GAP)].every(([, name = ""]) => isKnown(facts, name))
