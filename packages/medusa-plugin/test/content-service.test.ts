import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { makeContentEndpoint, readHeaders, type ContentRequest } from "medusa-directus-core/host"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { makeContentService } from "../src/content/content-service"
import { rememberRequest } from "../src/content/current-request"

const secret = "a-secret-of-16-characters"
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const asked: ContentRequest[] = []
let server: Server
let directusUrl: string

/** The endpoint as Directus has it, over a socket. */
beforeAll(async () => {
  const answer = makeContentEndpoint({ now: () => new Date(), log }, [secret], (request) => {
    asked.push(request)
    return Promise.resolve(Object.fromEntries(request.ids.map((id) => [id, { story: `of ${id}`, seo_title: "t" }])))
  })
  server = createServer((req, res) => {
    void (async () => {
      const rawBody = await text(req)
      const told = await answer({ headers: readHeaders((name) => req.headers[name]), rawBody })
      res.writeHead(req.url === "/cms/medusa-sync/content" ? told.status : 404, told.headers).end(told.body)
    })()
  })
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready))
  directusUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/cms`
})
afterAll(() => server.close())
beforeEach(() => void asked.splice(0))

function service(content: object, kind: "product" | "category" = "product") {
  const Service = makeContentService(kind)
  return new Service({ [ContainerRegistrationKeys.LOGGER]: log as never }, { directusUrl, secret, content })
}

const duringRequest = <T>(locale: string | undefined, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const req = {} as MedusaRequest
    rememberRequest(req, {} as MedusaResponse, () => {
      // Medusa reads the locale after the plugins' middlewares.
      if (locale !== undefined) req.locale = locale
      work().then(resolve, reject)
    })
  })

describe("content in Medusa's Query", () => {
  it("is a row for each record, under the key of the kind", async () => {
    expect(await service({ product: "*" }).list({ product_id: ["a", "b"] })).toEqual([
      { story: "of a", seo_title: "t", product_id: "a" },
      { story: "of b", seo_title: "t", product_id: "b" },
    ])
    expect(asked).toHaveLength(1)
    expect(await service({ category: ["intro"] }, "category").list({ category_id: "c" })).toEqual([
      { story: "of c", seo_title: "t", category_id: "c" },
    ])
  })

  it("has the fields that were asked for, and no others", async () => {
    expect(await service({ product: "*" }).list({ product_id: ["a"] }, { select: ["story", "missing"] })).toEqual([
      { story: "of a", product_id: "a" },
    ])
  })

  it("is told in the locale of the store request, unless the query names another one", async () => {
    const content = service({ product: "*", maxAge: 0, locales: ["de-DE", "fr-FR"] })
    const list = (context?: { locale: string }) => content.list({ product_id: ["a"], ...(context ? { context } : {}) })
    await duringRequest("de-DE", () => list())
    await duringRequest("de-DE", () => list({ locale: "fr-FR" }))
    await duringRequest(undefined, () => list())
    await list({ locale: "fr-FR" })
    await list()
    expect(asked.map(({ locale }) => locale)).toEqual(["de-DE", "fr-FR", null, "fr-FR", null])
  })

  it("is asked for in the locales that are named alone; whoever sends another one is served as without", async () => {
    const content = service({ product: "*", locales: ["de-DE"] })
    for (const locale of ["xx", "x".repeat(41), "", "__proto__", "de-DE\u0000", "../de", undefined])
      expect(await duringRequest(locale, () => content.list({ product_id: ["a"] }))).toHaveLength(1)
    await duringRequest("de-AT", () => content.list({ product_id: ["a"] }))
    expect(asked.map(({ locale }) => locale)).toEqual([null, "de-DE"])
  })

  it("is not asked for of ids that no record can have", async () => {
    const content = service({ product: "*" })
    expect(await content.list({ product_id: ["", "x".repeat(256), 7, null, "a"] })).toHaveLength(1)
    expect(asked.map(({ ids }) => ids)).toEqual([["a"]])
  })

  it("is nothing, and nobody is asked, where none is wanted or nothing is looked for", async () => {
    expect(service({ category: "*" }).isOn()).toBe(false)
    expect(await service({ category: "*" }).list({ product_id: ["a"] })).toEqual([])
    expect(await service({ product: "*" }).list()).toEqual([])
    expect(await service({ product: "*" }).list({ product_id: [] })).toEqual([])
    expect(asked).toEqual([])
  })
})
