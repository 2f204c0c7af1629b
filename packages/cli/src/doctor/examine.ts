import type { Side } from "medusa-directus-core/host"
import { explain } from "../hosts/explain.ts"
import { makeDirectus } from "../hosts/directus.ts"
import { makeMedusa } from "../hosts/medusa.ts"
import { makeAsk, type Trace } from "../hosts/request.ts"
import { Problem } from "../problem.ts"
import { faultOf } from "../settings/secret-fault.ts"
import { missing, secretsOf, type Settings } from "../settings/settings.ts"
import { probeSecret, type Probe } from "./probe-secret.ts"
import type { Looked, Seen } from "./seen.ts"

const PING: Record<Side, { path: string; answer: string; name: string }> = {
  medusa: { path: "/health", answer: "OK", name: "Medusa" },
  directus: { path: "/server/ping", answer: "pong", name: "Directus" },
}

async function look<T>(ask: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { kind: "seen", value: await ask() }
  } catch (error) {
    if (error instanceof Problem) return { kind: "failed", problem: error }
    throw error
  }
}

/** @returns why it is not there. */
async function reach(side: Side, url: string, trace: Trace): Promise<Problem | null> {
  const { path, answer: wanted, name } = PING[side]
  const answer = await makeAsk(side, url, null, trace)(path, { timeout: 15_000 })
  if (answer.kind === "http" && answer.status === 200 && answer.text.trim() === wanted) return null
  if (answer.kind === "network" || (answer.status >= 300 && answer.status < 400) || answer.status >= 500)
    return explain({ side, url }, path, answer)
  return new Problem({
    code: "not_the_host",
    message: `What answers at ${url} is not ${name}: ${path} answered ${String(answer.status)}.`,
    fix: `Set ${side === "medusa" ? "MEDUSA_URL" : "DIRECTUS_URL"} to the address of ${name}.`,
  })
}

const failed = <T>(problem: Problem): Looked<T> => ({ kind: "failed", problem })

/** Looks at everything once. Changes nothing on either side. */
export async function examine(settings: Settings, version: string, trace: Trace): Promise<Seen> {
  const [medusa, directus] = await Promise.all([examineMedusa(settings, trace), examineDirectus(settings, trace)])
  const isSecretAssumed = settings.secret === null
  const secretFault = faultOf(isSecretAssumed ? "MEDUSA_SECRET_API" : "MEDUSA_SYNC_SECRET", secretsToTry(settings))
  return { medusa, directus, isSecretAssumed, secretFault, version }
}

async function begin(side: Side, url: string | null, settings: Settings, trace: Trace) {
  if (url === null)
    return { reach: missing(side === "medusa" ? "medusaUrl" : "directusUrl"), probe: unknown("its address is not set") }
  const why = await reach(side, url, trace)
  if (why) return { reach: why, probe: unknown("it does not answer") }
  return { reach: null, probe: await probeSecret(side, makeAsk(side, url, null, trace), secretsToTry(settings)) }
}

/** The quick way: without a secret of their own both sides sign with a secret API key of Medusa. */
function secretsToTry(settings: Settings): string[] {
  const { secret, medusaKey } = settings
  return secret === null && medusaKey !== null ? [medusaKey] : secretsOf(settings)
}

const unknown = (why: string): Probe => ({ kind: "unknown", why })

async function examineMedusa(settings: Settings, trace: Trace): Promise<Seen["medusa"]> {
  const { medusaUrl: url, medusaKey: key } = settings
  const begun = await begin("medusa", url, settings, trace)
  if (begun.reach || url === null) return { url, ...begun, health: null, status: null }
  if (key === null) return { url, ...begun, health: failed(missing("medusaKey")), status: null }
  const medusa = makeMedusa(url, key, trace)
  const [health, status] = await Promise.all([look(() => medusa.health()), look(() => medusa.status())])
  return { url, ...begun, health, status }
}

async function examineDirectus(settings: Settings, trace: Trace): Promise<Seen["directus"]> {
  const { directusUrl: url, directusToken: token } = settings
  const begun = await begin("directus", url, settings, trace)
  if (begun.reach || url === null) return { url, ...begun, health: null, status: null, licence: null }
  if (token === null) return { url, ...begun, health: failed(missing("directusToken")), status: null, licence: null }
  const directus = makeDirectus(url, token, trace)
  const [health, status, licence] = await Promise.all([
    look(() => directus.health()),
    look(() => directus.status()),
    look(() => directus.licence()),
  ])
  return { url, ...begun, health, status, licence }
}
