import type { AuthenticatedMedusaRequest, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { listQuarantined } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { releaseRecordsWorkflow } from "../../../../workflows/release-records"
import { answering } from "../refusals"
import type { QuarantineBody } from "../validators"

async function readPage(
  scope: MedusaRequest["scope"],
  page: { limit: number; offset: number; kind?: string | undefined },
) {
  const ports = scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports()
  const { total, records } = await listQuarantined(ports, page)
  const rows = records.map(({ localId, peerId, parentTitle, ...rest }) => ({
    ...rest,
    local_id: localId,
    peer_id: peerId,
    parent_title: parentTitle,
  }))
  const { limit, offset } = page
  return { records: rows, count: total, limit, offset }
}

/** Records that wait for a person, with the reason. */
export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> => {
  const { limit, offset, entity: kind } = req.validatedQuery as { limit: number; offset: number; entity?: string }
  res.json(await answering(() => readPage(req.scope, { limit, offset, kind })))
}

/** Sends them again, or leaves one alone; answers the first of those that wait then. */
export const POST = async (req: AuthenticatedMedusaRequest<QuarantineBody>, res: MedusaResponse): Promise<void> => {
  const { validatedBody: body } = req
  const record = body.action === "retry_all" ? undefined : { entity: body.entity, localId: body.local_id }
  const action = body.action === "discard" ? "discard" : "retry"
  const input = { action, record, by: req.auth_context.actor_id } as const
  await answering(() => releaseRecordsWorkflow(req.scope).run({ input }))
  res.json(await readPage(req.scope, { limit: 50, offset: 0 }))
}
