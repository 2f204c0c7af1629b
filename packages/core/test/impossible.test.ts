import { describe, expect, it } from "vitest"
import { whyImpossible } from "../src/guard/impossible.ts"

const address = (url: string) => whyImpossible({ url, headers: {}, body: undefined })
const body = (value: unknown, type = "application/json") =>
  whyImpossible({ url: "/", headers: { "content-type": type, "content-length": "9" }, body: value })

describe("a request asks for what no host can have", () => {
  it.each(["%00", "a%00b", "%ff", "%ED%A0%80", "%C0%80", "%", "%u0000", "%2", "\ud800", "x".repeat(256)])(
    "by the address …/%s",
    (id) => {
      expect(address(`/states/product/${id}`)).not.toBeNull()
      expect(address(`/states/product/${id}/sync?by=me`)).not.toBeNull()
    },
  )

  it.each(["%00", "%ff", "%ED%A0%80", "%"])("by the query …=%s", (id) => {
    expect(address(`/links?local_id=${id}`)).not.toBeNull()
    expect(address(`/links?${id}=x`)).not.toBeNull()
  })

  it.each([["a\0b"], ["\udc00"], ["😀".slice(0, 1)]])("by the text %j anywhere in the body", (text) => {
    for (const value of [text, [text], { id: text }, { [text]: 1 }, { records: [{ entity: "product", id: text }] }])
      expect(body(value), JSON.stringify(value)).not.toBeNull()
  })

  it("by a body that would end the stack of whoever walks it", () => {
    const depth = 50_000
    expect(body(JSON.parse("[".repeat(depth) + "]".repeat(depth)))).not.toBeNull()
  })
})

it("only JSON is a body, in whatever way its length is told", () => {
  const value = { records: [{ entity: "product", id: "p1" }] }
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""])
    expect(body(value, type), type).not.toBeNull()
  for (const type of ["application/json", "Application/JSON;charset=utf-8", "application/json ; charset=utf-8"])
    expect(body(value, type), type).toBeNull()
  const chunked = { "transfer-encoding": "chunked" }
  expect(whyImpossible({ url: "/", headers: chunked, body: value })).not.toBeNull()
  expect(whyImpossible({ url: "/", headers: { "content-length": "0" }, body: undefined })).toBeNull()
})

it("what a host can have is let through, however odd", () => {
  const odd = ["prod_1", "😀", "../", "..%2F..", "ä", "a b", "-1", "\ttab", "%25ff", "x".repeat(255), "\ufffd"]
  for (const id of odd) {
    expect(address(`/states/product/${encodeURIComponent(id)}?q=${encodeURIComponent(id)}`), id).toBeNull()
    expect(body({ records: [{ id }] }), id).toBeNull()
  }
  expect(address(`/links?fields=${"x".repeat(5_000)}`)).toBeNull()
  for (const value of [undefined, null, 1, true, {}, [], { value: { deep: [[[[[[[[1]]]]]]]] } }])
    expect(body(value)).toBeNull()
})
