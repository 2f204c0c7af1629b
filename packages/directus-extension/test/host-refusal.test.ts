import { expect, it } from "vitest"
import { readRefusal } from "../src/items/host-refusal"

const directusError = (code: string, extensions: object): Error =>
  Object.assign(new Error("holds 'hidden'"), { name: "DirectusError", code, extensions })

it.each([
  ["FAILED_VALIDATION", { field: "handle", type: "regex" }, /^products\.handle: It does not pass a validation rule in/],
  ["NOT_NULL_VIOLATION", { field: "title" }, /^products\.title: It must have a value in Directus/],
  ["FORBIDDEN", {}, /^The item of products was refused by Directus or by a hook/],
])("%s names the field where Directus does, and no value", (code, extensions, text) => {
  const { error, takenField } = readRefusal("products", directusError(code, extensions)) ?? {}
  expect(error).toMatchObject({ code: "rejected_by_host", message: expect.stringMatching(text) as unknown })
  expect(error?.message).not.toContain("hidden")
  expect(takenField).toBeNull()
})
