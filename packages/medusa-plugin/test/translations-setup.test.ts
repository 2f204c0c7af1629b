import type { ConfigModule } from "@medusajs/framework/types"
import { FeatureFlag } from "@medusajs/framework/utils"
import { afterEach, describe, expect, it } from "vitest"
import { readSetup } from "../src/options/plugin-options"
import { withTranslations } from "../src/options/translations-setup"

const options = { directusUrl: "https://cms.example.com", secret: "a-secret-of-16-characters" }
const setup = readSetup({ ...options, mapping: { translations: { locales: { "de-DE": "de" } } } })
const modules = (translation?: unknown) => ({ modules: { translation } }) as Pick<ConfigModule, "modules">
const loaded = modules({ resolve: "@medusajs/medusa/translation" })

describe("a mapping with translations", () => {
  afterEach(() => FeatureFlag.setFlag("translation", false))

  it("is on with Medusa's module and its flag", () => {
    FeatureFlag.setFlag("translation", true)
    expect(withTranslations(setup, loaded)).toBe(setup)
  })

  it.each([
    ["without the module", true, modules()],
    ["with the module disabled", true, modules({ resolve: "@medusajs/medusa/translation", disable: true })],
    ["with the module switched off", true, modules(false)],
    ["without the flag", false, loaded],
  ])("is off %s, and says what to add", (_case, flag, config) => {
    FeatureFlag.setFlag("translation", flag)
    const reason = expect.stringMatching(/featureFlags.*@medusajs\/medusa\/translation.*db:migrate/) as string
    expect(withTranslations(setup, config)).toEqual({ kind: "off", wanted: false, reason })
  })

  it("asks for nothing when there are none", () => {
    const plain = readSetup(options)
    expect(withTranslations(plain, modules())).toBe(plain)
  })
})
