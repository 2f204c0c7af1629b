import type { Overview } from "../../operate/overview"

/** `unanswered`: nothing holds it, and the other host does not answer, or does not come. */
export type DirectionState = "running" | "paused" | "unanswered" | "off"

/** Directus comes twice a minute. */
const UNHEARD = 4 * 60_000

/** How each direction is, as the worse of both sides knows it. */
export function directionsOf(
  { status: { state, paused }, health: { problems, details } }: Pick<Overview, "status" | "health">,
  now: number,
): { sending: DirectionState; taking: DirectionState } {
  if (state === "off") return { sending: "off", taking: "off" }
  const codes = new Set(problems.map(({ code }) => code))
  const there = details?.peer?.pause ?? null
  const isUnanswered = codes.has("peer_unreachable")
  const received = details?.lastSuccessAt.received ?? null
  const isOld = received === null || now - Date.parse(received) > UNHEARD
  const takesNothing = paused?.code === "database_moved" || (paused?.code === "by_person" && paused.both === true)
  return {
    sending: state === "paused" || there?.both === true ? "paused" : isUnanswered ? "unanswered" : "running",
    taking:
      takesNothing || there !== null
        ? "paused"
        : codes.has("peer_not_heard") || (isUnanswered && isOld)
          ? "unanswered"
          : "running",
  }
}
