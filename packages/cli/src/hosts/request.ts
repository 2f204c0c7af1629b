import type { Side } from "medusa-directus-core/host"
import type { Answer } from "./answer.ts"

/** Milliseconds for one answer: a comparison walks the whole catalogue. */
const TIMEOUT = 120_000
/** The same for what a person looks at: a host that takes the connection and says nothing must not hide the other one. */
export const GLANCE = 15_000

export interface Request {
  method?: "GET" | "POST"
  headers?: Record<string, string>
  body?: string | FormData
  timeout?: number
}

export type Trace = (line: string) => void

/** Asks one host. Never rejects; follows no redirect, so that a key goes nowhere but to the address that was set. */
export type Ask = (path: string, request?: Request) => Promise<Answer>

const codeOf = (error: unknown): string => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === "string") return code
    if (at.name === "TimeoutError") return "ETIMEDOUT"
  }
  return "no connection"
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function makeAsk(side: Side, base: string, authorization: string | null, trace: Trace): Ask {
  return async (path, { method = "GET", headers = {}, body, timeout = TIMEOUT } = {}) => {
    const started = performance.now()
    const told = (what: string): void =>
      trace(`${side}: ${method} ${base}${path} → ${what} (${String(Math.round(performance.now() - started))} ms)`)
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...(authorization === null ? {} : { authorization }),
          ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: AbortSignal.timeout(timeout),
      })
      const text = await response.text()
      told(String(response.status))
      return { kind: "http", status: response.status, headers: response.headers, text, json: parse(text) }
    } catch (error) {
      const code = codeOf(error)
      told(code)
      return { kind: "network", code }
    }
  }
}
