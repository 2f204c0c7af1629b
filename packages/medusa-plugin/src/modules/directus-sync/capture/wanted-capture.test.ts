import { expect, it } from "vitest"
import { wantedCapture } from "./wanted-capture"

const brand = { medusa: { module: "brand", model: "Brand" }, collection: "brands", fields: { name: "name" } }

it("while the mapping cannot be read no trigger is wanted, so that none is taken away", () => {
  const own = wantedCapture({ mapping: { kinds: { brand } } })
  expect(own?.install).toContain("brand")
  for (const mapping of ["{", { kinds: { brand: { ...brand, fields: 7 } } }, { product: { unknown: true } }])
    expect(wantedCapture({ mapping })).toBeNull()
})
