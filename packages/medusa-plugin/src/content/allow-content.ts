import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { CONTENT_NAMES } from "./content-names"
import type { ContentKind } from "../options/content-options"
import type { ContentService } from "./content-service"

/** Where a store route shows content: the way to the record that has it, and its kind. There is no other way. */
export const CONTENT_ROUTES = {
  "/store/products": { "": "product", "categories.": "category", "collection.": "collection" },
  "/store/product-categories": { "": "category" },
  "/store/collections": { "": "collection" },
} as const satisfies Record<string, Record<string, ContentKind>>

/** Medusa walks the paths of fields through plain objects (2.21): what each object has anyway leads out of them, and with two underscores it keeps its own. */
const isPlainName = (name: string): boolean => /^(?!__)\w{1,64}$/.test(name) && !(name in Object.prototype)

/**
 * Medusa's store API strips each field that is not on a list of exact paths (2.21). The content on `route` is put on the
 * list, and each field of it that is asked for by its name, since what Directus has is not known before it is asked; which
 * of them there is anything of, the options decide. Nothing else is put there: a path that goes on from a content name, or
 * comes to one by another way, would show each record that it passes.
 */
export const allowContent =
  (route: keyof typeof CONTENT_ROUTES) =>
  (req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void => {
    // Another route below this one has a list of its own, or none.
    const paths = /^\/[^/]*\/?$/.test(req.path) ? allowedPaths(route, req) : []
    const { order } = req.query
    if (typeof order === "string" && paths.includes(order.replace(/^-/, ""))) {
      // As Medusa says it of any other field that it cannot sort by; what is allowed it would take.
      next(new MedusaError(MedusaError.Types.INVALID_DATA, `Order field ${order.replace(/^-/, "")} is not valid`))
      return
    }
    req.allowed.push(...paths)
    next()
  }

function allowedPaths(route: keyof typeof CONTENT_ROUTES, { query, scope }: MedusaRequest): string[] {
  const ways = Object.entries<ContentKind>(CONTENT_ROUTES[route]).flatMap(([way, kind]) => {
    const { alias, module } = CONTENT_NAMES[kind]
    return scope.resolve<ContentService>(module).isOn() ? [way + alias] : []
  })
  const { fields } = query
  const asked = typeof fields === "string" ? fields.split(",").map(pathOf) : []
  return ways.flatMap((way) => [
    ...(asked.includes(way) ? [way] : []),
    ...asked.filter((path) => path.startsWith(`${way}.`) && isPlainName(path.slice(way.length + 1))),
  ])
}

/** `*directus_product`, `+directus_product.*` → `directus_product`, as Medusa reads them. */
const pathOf = (field: string): string =>
  field
    .trim()
    .replace(/^[+ \t-]*\*?/, "")
    .replace(/\.\*$/, "")
