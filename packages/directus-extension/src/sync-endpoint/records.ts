import { readHeaders } from "medusa-directus-core/host"
import type { Response } from "express"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"

/** POST /medusa-sync/records: a message of Medusa, verified over the bytes that came. The signature is the only key. */
export async function takeRecords(req: DirectusRequest, res: Response): Promise<void> {
  const sync = await runningSync()
  const answer = await sync.receive({
    headers: readHeaders((name) => req.headers[name]),
    rawBody: req.rawBody ?? Buffer.alloc(0),
    trusted: false,
  })
  res.writeHead(answer.status, answer.headers)
  res.end(answer.body)
}
