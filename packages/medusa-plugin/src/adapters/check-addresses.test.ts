import { describe, expect, it } from "vitest"
import { checkAddresses, isImageAddress } from "./check-addresses"

describe("the address of a picture", () => {
  it.each([
    "https://cdn.example.com/a.jpg",
    "HTTP://localhost:9000/static/1-ä.png?v=1#x",
    "//cdn.example.com/a.jpg",
    "/static/a.jpg",
    "images/a.jpg",
    "https://cdn.example.com/Gr%C3%B6%C3%9Fe/größe.jpg",
  ])("can be %j", (address) => expect(isImageAddress(address)).toBe(true))

  it.each([
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://example.com/a.jpg",
    "https:",
    "https://",
    "http:///a.jpg",
    "not a url",
    "",
  ])("cannot be %j", (address) => expect(isImageAddress(address)).toBe(false))

  it("is asked for only where a patch has one, and a refusal says what to do", () => {
    expect(() => checkAddresses([{ rank: 1 }, { url: null }, { url: "/a.jpg" }], "url")).not.toThrow()
    expect(() => checkAddresses([{ url: "/a.jpg" }, { url: "javascript:x" }], "url")).toThrow(
      /^url: it is no address of a picture. Use one that begins with https:/,
    )
  })
})
