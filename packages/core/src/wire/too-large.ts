import type { Side } from "../document/value.ts"
import type { HttpResponse } from "./exchange.ts"
import { LIMITS } from "./messages.ts"

/** As Express, Directus (with 400), Medusa and proxies say it of a body. Of headers that are too large no record is to blame. */
const SAID = /(?:entity|payload|body|content)[\s._-]+(?:is[\s._-]+)?too[\s._-]+large/i

/** Does a host, or a proxy before it, take no body of this size? */
export const saysTooLarge = ({ status, body }: Pick<HttpResponse, "status" | "body">): boolean =>
  status === 413 || (status >= 400 && status < 500 && SAID.test(body))

const PROXY = "a proxy (in nginx client_max_body_size)"

/** Which limit stands in the way, by who receives. */
export const whoseLimit: Record<Side, string> = {
  directus: `Directus, or a proxy before it, takes no request of this size. Raise the limit to 1 MB, of Directus (MAX_PAYLOAD_SIZE) or of ${PROXY}, or shorten the record.`,
  medusa: `Something before Medusa takes no request of this size. Raise the limit of ${PROXY} to 1 MB, or shorten the record.`,
}

/** What no receiver takes, whatever limits its host has. */
export const isTooLong = (body: string): boolean => Buffer.byteLength(body) > LIMITS.bodyBytes

export const TOO_LONG = `It has more than ${String(LIMITS.bodyBytes / 1024)} kB with all its texts, which no message may have. Shorten the record.`
