import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { listRows } from "../list-rows"

export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> => {
  const { rows, paging } = await listRows(req, "directus_sync_link")
  res.json({ links: rows, ...paging })
}
