import type { AuthenticatedMedusaRequest } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"

interface Page {
  rows: unknown[]
  paging: { count: number; offset: number; limit: number }
}

/** One page of a table, as the validated query of the request asks for it. */
export async function listRows(req: AuthenticatedMedusaRequest, entity: string): Promise<Page> {
  const { fields, pagination } = req.queryConfig
  const { data, metadata } = await req.scope
    .resolve(ContainerRegistrationKeys.QUERY)
    .graph({ entity, fields, filters: req.filterableFields, pagination })
  return {
    rows: data,
    paging: { count: metadata?.count ?? 0, offset: metadata?.skip ?? 0, limit: metadata?.take ?? 0 },
  }
}
