import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { describe, expect, it } from "vitest"
import { allowContent, type CONTENT_ROUTES } from "../src/content/allow-content"

type Route = keyof typeof CONTENT_ROUTES

function allowed(
  fields: unknown,
  { route = "/store/products", path = "/", isOn = true }: { route?: Route; path?: string; isOn?: boolean } = {},
): string[] {
  const req = { path, query: { fields }, allowed: [], scope: { resolve: () => ({ isOn: () => isOn }) } }
  let passed = 0
  allowContent(route)(req as unknown as MedusaRequest, {} as MedusaResponse, () => void passed++)
  expect(passed).toBe(1)
  return req.allowed
}

describe("fields that the store API lets through", () => {
  it.each([
    ["*directus_product", ["directus_product"]],
    ["+directus_product.story,title", ["directus_product.story"]],
    ["id,directus_product.*", ["directus_product"]],
    ["*categories,*categories.directus_category", ["categories.directus_category"]],
    ["collection.directus_collection.intro", ["collection.directus_collection.intro"]],
  ])("of %j are %j", (fields, expected) => {
    expect(allowed(fields)).toEqual(expected)
    expect(allowed(fields, { path: "/prod_1" })).toEqual(expected)
  })

  it.each<[Route, string, string[]]>([
    [
      "/store/product-categories",
      "directus_category,directus_product,categories.directus_category",
      ["directus_category"],
    ],
    ["/store/collections", "directus_collection,collection.directus_collection", ["directus_collection"]],
    ["/store/collections", "products.directus_product,directus_product", []],
    ["/store/product-categories", "parent_category.directus_category", []],
  ])("of %s with %j are %j", (route, fields, expected) => {
    expect(allowed(fields, { route })).toEqual(expected)
  })

  it.each([
    undefined,
    "*variants,metadata",
    "directus_products",
    "directus_product.cover.secret",
    "directus_category",
    "categories.directus_product",
    "variants.cart_items.cart.directus_product",
    "sales_channels.orders.customer.directus_product",
    "collection.products.directus_product",
    "directus_product.directus_product.id",
    "**directus_product",
    "Directus_Product",
    { a: "b" },
    ["id", "*directus_product"],
  ])("of %j are none", (fields) => {
    expect(allowed(fields)).toEqual([])
  })

  it.each([
    "__proto__",
    "constructor",
    "prototype.directus_product",
    "__proto__.directus_product",
    "*__proto__.directus_product",
    "constructor.prototype.directus_product",
    "directus_product.__proto__",
    "directus_product.__proto__.*",
    "directus_product.constructor",
    "directus_product.toString.*",
    "directus_product.hasOwnProperty",
    "directus_product.__fields.*",
    "directus_product.__args",
    "categories.__proto__.directus_category",
    "categories.directus_category.__proto__",
  ])("that lead to what each object has (%j) are none", (fields) => {
    expect(allowed(fields)).toEqual([])
  })

  it("are none on a route below, which has a list of its own", () => {
    expect(allowed("*directus_product", { path: "/prod_1/reviews" })).toEqual([])
  })

  it("are nothing to sort by, as Medusa says of any other", () => {
    for (const order of ["directus_product.story", "-directus_product.story"]) {
      const query = { fields: "id,directus_product.story", order }
      const req = { path: "/", query, allowed: [], scope: { resolve: () => ({ isOn: () => true }) } }
      const answers: unknown[] = []
      allowContent("/store/products")(
        req as unknown as MedusaRequest,
        {} as MedusaResponse,
        (error) => void answers.push(error),
      )
      expect(answers).toMatchObject([
        { type: "invalid_data", message: "Order field directus_product.story is not valid" },
      ])
      expect(req.allowed).toEqual([])
    }
  })

  it("are none while no content is wanted", () => {
    expect(allowed("*directus_product", { isOn: false })).toEqual([])
  })
})
