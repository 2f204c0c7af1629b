import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { describeRecords } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { JournalLine } from "../../../../operate/record-state"
import { listRows } from "../list-rows"
import { nameOf } from "../name-of"
import { answering } from "../refusals"

/** What happened, the newest first; with `titles` each line says what its record is called now. */
export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> => {
  const { titles, ...filters } = req.filterableFields as { titles?: "true" }
  req.filterableFields = filters
  const { rows, paging } = await listRows(req, "directus_sync_journal_entry")
  const lines = rows as JournalLine[]
  res.json({ journal: titles ? await answering(() => withTitles(req, lines)) : lines, ...paging })
}

async function withTitles({ scope }: AuthenticatedMedusaRequest, lines: JournalLine[]): Promise<JournalLine[]> {
  const ports = scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports()
  const asked = lines.map(({ entity, local_id: localId }) => ({ entity, localId }))
  const described = await describeRecords(ports, asked)
  return lines.map((line, i) => ({ ...line, title: nameOf(described[i]) }))
}
