import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { describe, expect, it } from "vitest"
import { allowContent } from "./allow-content"

function allowed(fields: unknown, isOn = true): string[] {
  const req = { query: { fields }, allowed: [], scope: { resolve: () => ({ isOn: () => isOn }) } }
  let passed = 0
  allowContent(req as unknown as MedusaRequest, {} as MedusaResponse, () => void passed++)
  expect(passed).toBe(1)
  return req.allowed
}

describe("fields that the store API lets through", () => {
  it.each([
    ["*directus_product", ["directus_product"]],
    ["+directus_product.story,title", ["directus_product.story"]],
    ["id,directus_product.*", ["directus_product"]],
    ["*categories,*categories.directus_category", ["categories.directus_category"]],
    [["id", "*directus_collection"], ["directus_collection"]],
  ])("of %j are %j", (fields, expected) => {
    expect(allowed(fields)).toEqual(expected)
  })

  it.each([undefined, "*variants,metadata", "directus_products", "directus_product.cover.secret.deeper", { a: "b" }])(
    "of %j are none",
    (fields) => {
      expect(allowed(fields)).toEqual([])
    },
  )

  it("are none while no content is wanted", () => {
    expect(allowed("*directus_product", false)).toEqual([])
  })
})
