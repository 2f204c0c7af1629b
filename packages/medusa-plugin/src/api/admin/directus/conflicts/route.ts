import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { listRows } from "../list-rows"
import { answering } from "../refusals"
import { withValues, type ConflictRow } from "./read-conflicts"

export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> => {
  const { resolved, ...filters } = req.filterableFields as { resolved?: "true" | "false" }
  if (resolved !== undefined) Object.assign(filters, { resolved_at: resolved === "true" ? { $ne: null } : null })
  req.filterableFields = filters
  const { rows, paging } = await listRows(req, "directus_sync_conflict")
  res.json({ conflicts: await answering(() => withValues(req.scope, rows as ConflictRow[])), ...paging })
}
