import { describe, expect, it } from "vitest"
import { readCapture, readSetup, type PluginOptions } from "../src/options/plugin-options"

const good = { directusUrl: "https://cms.example.com/directus", secret: "a-secret-of-16-characters" }

const reasonOf = (options: unknown): string => {
  const setup = readSetup(options)
  return setup.kind === "off" ? setup.reason : "on"
}

describe("the options of the plugin", () => {
  it("are on with an address and a secret, and the rest has defaults", () => {
    expect(readSetup(good)).toMatchObject({
      kind: "on",
      options: { directusUrl: good.directusUrl, secrets: [good.secret], instance: "default", pollInterval: 5000 },
    })
  })

  it("lead people to Directus where the server reaches it, unless another address is given", () => {
    const studioUrl = "https://studio.example.com"
    expect(readSetup(good)).toMatchObject({ options: { studioUrl: good.directusUrl } })
    expect(readSetup({ ...good, studioUrl })).toMatchObject({ options: { studioUrl, directusUrl: good.directusUrl } })
  })

  it("take several secrets, the new one first", () => {
    const secrets = ["the-new-secret-of-the-shop", "the-old-secret-of-the-shop"]
    expect(readSetup({ ...good, secret: secrets })).toMatchObject({ kind: "on", options: { secrets } })
  })

  it("may be accompanied by what Medusa puts into the options of a module", () => {
    expect(readSetup({ ...good, database: { clientUrl: "postgres://localhost" } })).toMatchObject({ kind: "on" })
  })

  it("give the same mapping hash as the same mapping elsewhere", () => {
    const mapping = { product: { fields: { subtitle: false as const } } }
    const [one, other] = [readSetup({ ...good, mapping }), readSetup({ ...good, mapping })]
    expect(one.kind === "on" && one.options.config.hash).toBe(other.kind === "on" && other.options.config.hash)
  })

  it.each([
    ["nothing at all", undefined, /"directusUrl" is missing.*https:/],
    ["no address", { ...good, directusUrl: undefined }, /"directusUrl" is missing.*https:/],
    ["an address without http", { ...good, directusUrl: "cms.example.com" }, /"directusUrl" is not an http/],
    [
      "an address with a password",
      { ...good, directusUrl: "https://me:hidden@cms.example.com" },
      /"directusUrl" must not hold/,
    ],
    ["another way to the Studio", { ...good, studioUrl: "javascript:alert(1)" }, /"studioUrl" is not an http.*https:/],
    ["no secret", { ...good, secret: undefined }, /"secret" is missing.*MEDUSA_SYNC_SECRET/],
    ["a short secret", { ...good, secret: "short" }, /"secret" must be at least 16/],
    ["a secret that can be guessed", { ...good, secret: "a".repeat(16) }, /"secret" can be guessed.*randomBytes/],
    [
      "one of several that can be",
      { ...good, secret: [good.secret, "sk_aaaaaaaaaaaaaaaa"] },
      /"secret" can be guessed/,
    ],
    ["an empty list of secrets", { ...good, secret: [] }, /"secret" must be at least 16/],
    ["a poll in words", { ...good, pollInterval: "5s" }, /"pollInterval" is not a number.*5000/],
    ["a poll that is too short", { ...good, pollInterval: 5 }, /"pollInterval" is below 250/],
    ["a name with a line break", { ...good, instance: "a\nb" }, /"instance" takes.*shop-eu/],
    [
      "a mapping of an unknown field",
      { ...good, mapping: { product: { fields: { colour: "color" } } } },
      /mapping\.product\.fields\.colour/,
    ],
    [
      "a locale that Medusa writes in another way",
      { ...good, mapping: { translations: { locales: { de_de: "de" } } } },
      /Medusa writes "de_de" as "de-DE"/,
    ],
    [
      "functions of a kind that is not synced",
      { ...good, compute: { brnd: {} } },
      /"compute\.brnd" names no kind.*product/,
    ],
    ["a list of functions", { ...good, compute: [] }, /"compute" is not an object of kinds/],
    [
      "a value in place of a function",
      { ...good, compute: { product: { a: 1 } } },
      /"compute\.product\.a" is not a func/,
    ],
    [
      "a filter that is none",
      { ...good, filter: { product: true } },
      /"filter\.product" is not a function.*is_giftcard/,
    ],
    [
      "a computed field that nobody computes",
      { ...good, mapping: { product: { computed: { teaser: "teaser" } } } },
      /"compute\.product\.teaser" is missing/,
    ],
    ["enabled in words", { ...good, enabled: "no" }, /"enabled" is not true or false/],
  ])("with %s keep the sync off and say why", (_, options, message) => {
    expect(reasonOf(options)).toMatch(message)
  })

  it("never repeat what was given as an address or a secret", () => {
    expect(reasonOf({ ...good, directusUrl: "https://me:hidden@cms.example.com" })).not.toContain("hidden")
    expect(reasonOf({ ...good, secret: "short" })).not.toContain("short,")
  })

  it("take functions over records, each of which knows its kind", () => {
    const options: PluginOptions = {
      ...good,
      mapping: {
        product: { computed: { teaser: "teaser" } },
        kinds: {
          brand: { medusa: { module: "brand", model: "Brand" }, collection: "brands", fields: { name: "name" } },
        },
      },
      compute: {
        product: { teaser: (product) => product.title.slice(0, product.sales_channels.length) },
        brand: { initial: (brand: { name: string }) => brand.name.slice(0, 1) },
      },
      filter: { product: (product) => !product.is_giftcard, variant: ({ stock }) => stock !== "0" },
    }
    expect(readSetup(options)).toMatchObject({
      kind: "on",
      options: { functions: { compute: options.compute, filter: options.filter } },
    })
  })

  it("tell capture of functions and own kinds even when the sync is switched off", () => {
    const kinds = { brand: { medusa: { module: "brand", model: "Brand" }, collection: "brands", fields: {} } }
    const filter = { product: () => true }
    expect(readCapture({ enabled: false, filter })).toMatchObject({ functions: true })
    expect([...(readCapture({ mapping: { kinds } })?.config.entities.keys() ?? [])]).toContain("brand")
    expect(readCapture({ mapping: { product: { colour: 1 } } })).toBeNull()
  })

  it("may switch the sync off, which is no error", () => {
    expect(readSetup({ enabled: false })).toMatchObject({ kind: "off", wanted: true })
  })
})
