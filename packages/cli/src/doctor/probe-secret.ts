import { randomUUID } from "node:crypto"
import type { Side } from "medusa-directus-core/host"
import { directionKey, isSigned, readHeaders, sign } from "medusa-directus-core/sign"
import { wordsOf } from "../hosts/answer.ts"
import type { Ask } from "../hosts/request.ts"

/** What a host says to a signature made here. */
export type Probe =
  /** It has the secret. `clock`: its clock minus this machine's, in milliseconds, to the second. */
  { kind: "right"; clock: number; isFirst: boolean } | { kind: "wrong" } | { kind: "unknown"; why: string }

const PATHS: Record<Side, string> = { medusa: "/hooks/directus", directus: "/medusa-sync/records" }
const OTHER: Record<Side, Side> = { medusa: "directus", directus: "medusa" }
const TIMEOUT = 15_000

/** Signed and no message: a host verifies before it reads, so it refuses this one way or the other and does nothing. */
const NO_MESSAGE = "{}"

/**
 * Does the host have the same secret? The secret is not sent: the other side's signature is made with it, and the host's
 * own under its refusal is checked with it.
 *
 * @param secrets - one, or several while it is being changed; the first one is what the sides sign with.
 */
export async function probeSecret(side: Side, ask: Ask, secrets: string[], now = () => Date.now()): Promise<Probe> {
  let last: Probe = { kind: "unknown", why: "no secret is set here" }
  for (const [i, secret] of secrets.entries()) {
    last = await probeOne(side, ask, secret, now)
    if (last.kind === "right") return { ...last, isFirst: i === 0 }
    if (last.kind === "unknown") return last
  }
  return last
}

async function probeOne(side: Side, ask: Ask, secret: string, now: () => number): Promise<Probe> {
  const id = randomUUID()
  const headers = sign(directionKey(secret, OTHER[side], "message"), id, new Date(now()), NO_MESSAGE)
  const answer = await ask(PATHS[side], { method: "POST", body: NO_MESSAGE, headers, timeout: TIMEOUT })
  if (answer.kind === "network") return { kind: "unknown", why: answer.code }
  const signed = readHeaders((name) => answer.headers.get(name))
  if (signed.id === id && isSigned([directionKey(secret, side, "answer")], signed, answer.text))
    return { kind: "right", clock: Number(signed.timestamp) * 1000 - now(), isFirst: true }
  if (answer.status === 401 && refusalOf(answer.json) === "unauthorized") return { kind: "wrong" }
  const { code } = wordsOf(answer.json)
  return { kind: "unknown", why: `it answered ${String(answer.status)}${code ? ` ${code}` : ""}` }
}

/** `{ v: 1, error: { code } }`: the engine's own refusal, and not that of a proxy before it. */
function refusalOf(json: unknown): string | null {
  const error = (json as { error?: { code?: unknown } } | null | undefined)?.error
  return typeof error?.code === "string" ? error.code : null
}
