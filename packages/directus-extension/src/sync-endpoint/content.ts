import type { Response } from "express"
import { readHeaders } from "medusa-directus-core/host"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"

/** POST /medusa-sync/content: Medusa's question for what the store shows of records. The signature is the only key. */
export async function takeQuestion(req: DirectusRequest, res: Response): Promise<void> {
  const sync = await runningSync()
  const answer = await sync.tellContent({
    headers: readHeaders((name) => req.headers[name]),
    rawBody: req.rawBody ?? Buffer.alloc(0),
  })
  res.writeHead(answer.status, answer.headers)
  res.end(answer.body)
}
