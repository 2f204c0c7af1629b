import { expect, it, vi } from "vitest"
import DirectusSyncModuleService from "../src/modules/directus-sync/service"
import { wantedCapture } from "../src/capture/wanted-capture"

const brand = { medusa: { module: "brand", model: "Brand" }, collection: "brands", fields: { name: "name" } }

it("while the mapping cannot be read no trigger is wanted, so that none is taken away", () => {
  const own = wantedCapture({ mapping: { kinds: { brand } } })
  expect(own?.install).toContain("brand")
  for (const mapping of ["{", { kinds: { brand: { ...brand, fields: 7 } } }, { product: { unknown: true } }])
    expect(wantedCapture({ mapping })).toBeNull()
})

it("the minute's upkeep asks the database nothing while the mapping cannot be read, and still wakes the sender", async () => {
  const asked = vi.fn()
  const woken = vi.fn()
  const connection_ = new Proxy({}, { get: asked })
  await DirectusSyncModuleService.prototype.keepUp.call({ wanted_: null, connection_, wake: woken } as never)
  expect([asked.mock.calls.length, woken.mock.calls.length]).toEqual([0, 1])
  const logger_ = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const wanted_ = wantedCapture({})
  await DirectusSyncModuleService.prototype.keepUp.call({ wanted_, connection_, logger_, wake: woken } as never)
  expect(asked).toHaveBeenCalled()
})
