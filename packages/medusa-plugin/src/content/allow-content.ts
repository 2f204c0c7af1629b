import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { DIRECTUS_CONTENT } from "../modules/directus-content"
import type DirectusContentModuleService from "../modules/directus-content/service"
import { CONTENT_NAMES } from "./content-names"

const ALIASES: readonly string[] = Object.values(CONTENT_NAMES).map(({ alias }) => alias)

/**
 * Medusa's store API strips each field that is not on a list of exact paths (2.21), and what Directus has is not known
 * before it is asked. So the asked-for names go on the list; which of them there is anything of, the options decide.
 */
export function allowContent(req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void {
  const content: DirectusContentModuleService = req.scope.resolve(DIRECTUS_CONTENT)
  const { fields } = req.query
  const asked = (Array.isArray(fields) ? fields : [fields]).flatMap((text) =>
    typeof text === "string" ? text.split(",") : [],
  )
  if (content.isOn()) req.allowed.push(...asked.flatMap(allowedPath))
  next()
}

/** `*categories.directus_category` → `categories.directus_category`; nothing for other fields. */
function allowedPath(field: string): string[] {
  const path = field
    .trim()
    .replace(/^[+-]?\*?/, "")
    .replace(/\.\*$/, "")
  const parts = path.split(".")
  const at = parts.findIndex((part) => ALIASES.includes(part))
  // One name below the content: what is nested in a field comes with it.
  return at === -1 || at < parts.length - 2 ? [] : [path]
}
