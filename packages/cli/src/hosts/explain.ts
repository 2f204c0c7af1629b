import type { Side } from "medusa-directus-core/host"
import { Problem, type ProblemCode } from "../problem.ts"
import { VARIABLES } from "../settings/variables.ts"
import { NAMES, wordsOf, type Answer } from "./answer.ts"

interface Where {
  side: Side
  /** The address of the host. */
  url: string
}

const SETTING = { medusa: "medusaUrl", directus: "directusUrl" } as const
const KEY = { medusa: "medusaKey", directus: "directusToken" } as const

const INSTALL: Record<Side, string> = {
  medusa:
    "Install it: npm install medusa-plugin-directus, add it to `plugins` in medusa-config, npx medusa db:migrate, restart Medusa.",
  directus:
    "Install it: npm install directus-extension-medusa in Directus's project (or copy its folder into extensions/), restart Directus.",
}
const HALF: Record<Side, string> = { medusa: "medusa-plugin-directus", directus: "directus-extension-medusa" }

const NETWORK: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name could not be looked up",
  ECONNRESET: "the connection was cut",
  ETIMEDOUT: "no answer in time",
}

/** The request came to nothing that can be used: why, and what to do. Holds no key and no value. */
export function explain({ side, url }: Where, path: string, answer: Answer): Problem {
  const name = NAMES[side]
  const { names } = VARIABLES[SETTING[side]]
  if (answer.kind === "network") {
    const why = NETWORK[answer.code]
    return new Problem({
      code: "unreachable",
      message: `${name} does not answer at ${url} (${answer.code}${why ? `: ${why}` : ""}).`,
      fix: `Start ${name}, or set ${names[0]} to its address.`,
    })
  }
  const { status } = answer
  const { message, code } = wordsOf(answer.json)
  const detail = `GET or POST ${path} answered ${String(status)}: ${answer.text.slice(0, 500)}`
  const problem = (of: ProblemCode, text: string, fix: string) => new Problem({ code: of, message: text, fix, detail })

  if (status >= 300 && status < 400) {
    const to = answer.headers.get("location")
    return problem(
      "redirected",
      `${name} at ${url} answers with a redirect${to ? ` to ${to}` : ""}.`,
      `Set ${names[0]} to the address that it leads to.`,
    )
  }
  if (status === 401 || status === 403) return refused(side, status, problem)
  if (status === 404 && isRouteMissing(side, answer.json, code))
    return problem(
      "not_installed",
      `${name} at ${url} does not know ${path}: ${HALF[side]} is not there.`,
      INSTALL[side],
    )
  if (status === 502 || status === 503 || status === 504)
    return problem(
      code === "SERVICE_UNAVAILABLE" ? "sync_off" : "not_ready",
      `${name} answered ${String(status)}${message ? `: ${message}` : "."}`,
      code === "SERVICE_UNAVAILABLE"
        ? "Run npx medusa-directus doctor: it says why the sync is off."
        : `Wait until ${name} has started, or look at its log.`,
    )
  if (status >= 500)
    return problem(
      "failed",
      `${name} answered ${String(status)}${message ? `: ${message}` : "."}`,
      side === "medusa"
        ? "Medusa's log has the cause. Were the migrations run? npx medusa db:migrate"
        : "Directus's log has the cause.",
    )
  const { code: of, fix }: Refusal = REFUSALS[status] ?? {
    code: `http_${status}`,
    fix: "Change the command as it says.",
  }
  return problem(of, message ?? `${name} answered ${String(status)}.`, fix)
}

interface Refusal {
  code: ProblemCode
  fix: string
}

const REFUSALS: Record<number, Refusal> = {
  400: { code: "refused", fix: "Change the command as it says." },
  404: { code: "not_found", fix: "Check the id: the lists of conflicts and of retry --list have it." },
  409: { code: "conflict", fix: "List it again to see how it is now." },
  413: { code: "too_large", fix: "The host, or a proxy before it, takes no file of this size: raise its limit." },
  424: {
    code: "peer_unreachable",
    fix: "Start the other side, or see why it does not answer: npx medusa-directus doctor",
  },
  429: { code: "too_many_requests", fix: "Wait a minute and run it again." },
}

function refused(
  side: Side,
  status: number,
  problem: (code: ProblemCode, text: string, fix: string) => Problem,
): Problem {
  const { names, where } = VARIABLES[KEY[side]]
  if (side === "directus" && status === 403)
    return problem(
      "not_admin",
      `The token of ${names[0]} is not an administrator's.`,
      "Use the static token of a user whose role or policy has Admin Access.",
    )
  return problem(
    "wrong_key",
    side === "medusa" ? `Medusa refuses the key of ${names[0]}.` : `Directus does not know the token of ${names[0]}.`,
    `${where}.`,
  )
}

/** Not the same as a record that is not there. */
const isRouteMissing = (side: Side, json: unknown, code: string | null): boolean =>
  json === undefined || (side === "directus" && code === "ROUTE_NOT_FOUND")
