import { expect } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import type { FieldState } from "../src/link/link.ts"
import { defineEntity, type EntityInput, type FieldInput } from "../src/mapping/entity.ts"

export const text = (medusa: string | null, directus: string | null, more: Partial<FieldInput> = {}): FieldInput => ({
  type: "text",
  medusa,
  directus,
  ...more,
})

export const thing = (more: Partial<EntityInput<string, string>> = {}) =>
  defineEntity({
    name: "thing",
    collection: "things",
    externalId: null,
    fields: { title: text("title", "name") },
    matchKeys: [],
    archive: null,
    deletes: { medusa: "ignore", directus: "ignore" },
    ...more,
  })

/** A field of a link, by its value and its rev. */
export const state = (value: string, r: number, more: Partial<FieldState> = {}): FieldState => ({
  fp: fingerprint(value),
  r,
  ...more,
})

export const refused = (message: RegExp) =>
  expect.objectContaining({ code: "invalid_mapping", message: expect.stringMatching(message) as string }) as Error
