import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { readHeaders } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** Hands one message to the engine as the bytes that came, and writes its answer as it is. */
export async function answerMessage(req: MedusaRequest, res: MedusaResponse, trusted: boolean): Promise<void> {
  const { status, headers, body } = await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).receive({
    headers: readHeaders((name) => req.headers[name]),
    // Absent when the content type is not JSON: then there is nothing that could be signed.
    rawBody: rawBodyOf(req),
    trusted,
  })
  res.status(status).set(headers).send(body)
}

function rawBodyOf({ rawBody }: { rawBody?: unknown }): Buffer {
  return Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0)
}
