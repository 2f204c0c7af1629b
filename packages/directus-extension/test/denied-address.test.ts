import { networkInterfaces } from "node:os"
import { describe, expect, it } from "vitest"
import { isDenied } from "../src/images/denied-address"

/** As Directus ships it. */
const DEFAULT = ["0.0.0.0", "169.254.169.254"]

describe("the server behind an address is told by Directus's deny list", () => {
  it.each([
    ["http://127.0.0.1:9000/a.png", DEFAULT, true],
    ["http://localhost:9000/a.png", DEFAULT, true],
    ["http://[::1]/a.png", DEFAULT, true],
    ["http://0.0.0.0/a.png", DEFAULT, true],
    ["http://169.254.169.254/latest", DEFAULT, true],
    ["http://192.0.2.7/a.png", DEFAULT, false],
    ["http://127.0.0.1:9000/a.png", ["169.254.169.254"], false],
    ["http://127.0.0.1:9000/a.png", [], false],
    ["http://10.1.2.3/a.png", ["10.0.0.0/8"], true],
    ["http://11.1.2.3/a.png", ["10.0.0.0/8"], false],
    ["http://10.0.0.7/a.png", ["10.0.0.5-10.0.0.9"], true],
    ["http://10.0.0.10/a.png", ["10.0.0.5-10.0.0.9"], false],
    ["http://192.0.2.7/a.png", ["oops"], true],
    ["http://no-such-host.invalid/a.png", DEFAULT, false],
  ])("%s by %s: %s", async (address, list, denied) => {
    expect(await isDenied(address, list)).toBe(denied)
  })

  it("0.0.0.0 stands for every address of this machine", async () => {
    const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((each) => each))
    for (const { address, family } of own) {
      const host = family === "IPv6" ? `[${address}]` : address
      expect([host, await isDenied(`http://${host}/a.png`, DEFAULT)]).toEqual([host, true])
    }
  })
})
