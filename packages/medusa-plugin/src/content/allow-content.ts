import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { CONTENT_NAMES } from "./content-names"
import type { ContentService } from "./content-service"

/**
 * Medusa's store API strips each field that is not on a list of exact paths (2.21), and what Directus has is not known
 * before it is asked. So the asked-for names go on the list; which of them there is anything of, the options decide.
 */
export function allowContent(req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void {
  const { fields } = req.query
  const asked = (Array.isArray(fields) ? fields : [fields]).flatMap((text) =>
    typeof text === "string" ? text.split(",") : [],
  )
  const aliases = Object.values(CONTENT_NAMES).flatMap(({ alias, module }) =>
    req.scope.resolve<ContentService>(module).isOn() ? [alias] : [],
  )
  req.allowed.push(...asked.flatMap((field) => allowedPath(field, aliases)))
  next()
}

/** `*categories.directus_category` → `categories.directus_category`; nothing for other fields. */
function allowedPath(field: string, aliases: readonly string[]): string[] {
  const path = field
    .trim()
    .replace(/^[+-]?\*?/, "")
    .replace(/\.\*$/, "")
  const parts = path.split(".")
  const at = parts.findIndex((part) => aliases.includes(part))
  // One name below the content: what is nested in a field comes with it.
  return at === -1 || at < parts.length - 2 ? [] : [path]
}
