import { inquire } from "../send/ask-peer.ts"
import type { HostPorts } from "../ports.ts"
import { LIMITS, type Answer } from "../wire/messages.ts"
import type { Backfill, BroughtToShop } from "../operate/job.ts"

/** Answers tell whole seconds of the peer's clock. */
const SAME_CLOCK = 2_000

/** @returns `null` when no products were told of, or the shop does not say what became of them. */
export async function askForBrought(
  ports: HostPorts,
  { kinds, startedAt }: Pick<Backfill, "kinds" | "startedAt">,
): Promise<BroughtToShop | null> {
  if (ports.side === "medusa" || !kinds.includes("product")) return null
  const { clockOffset } = await ports.readControl()
  const since = new Date(Date.parse(startedAt) + (clockOffset ?? 0) - SAME_CLOCK).toISOString()
  const inquiry = await inquire(ports, { kind: "brought", since })
  if (inquiry.kind !== "answer") return null
  const { kind: _, ...brought } = inquiry.answer
  return brought
}

export async function tellBrought(
  { shop }: Pick<HostPorts, "shop">,
  since: Date,
): Promise<Extract<Answer, { kind: "brought" }>> {
  const brought = (await shop?.brought(since)) ?? { shown: 0, unreleased: 0, withoutPrice: 0 }
  return { kind: "brought", ...brought, channels: await channelsOf({ shop }) }
}

/** As many as an answer may name. */
export async function channelsOf({ shop }: Pick<HostPorts, "shop">): Promise<string[]> {
  const names = (await shop?.channels()) ?? []
  return names.slice(0, LIMITS.channels).map((name) => name.slice(0, LIMITS.excerpt))
}
