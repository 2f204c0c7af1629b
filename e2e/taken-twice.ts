import { recordsOf, type Exchange, type Proxy } from "./proxy.ts"
import type { Stack } from "./stack/stack.ts"

/** Pushes by the revision of the record that they told; an entry with two results was sent twice. */
function outcomes(proxy: Proxy): Map<string, string[]> {
  const told = new Map<string, string[]>()
  for (const exchange of proxy.pushes)
    recordsOf(exchange).forEach((record, i) => {
      const { entity, id, rev } = record as typeof record & { rev: number }
      const name = `${entity} ${id} rev ${rev}`
      told.set(name, [...(told.get(name) ?? []), resultOf(exchange, i)])
    })
  return told
}

function resultOf({ status, answer }: Exchange, at: number): string {
  if (status !== 200) return `HTTP ${status}`
  const { results } = JSON.parse(answer.toString()) as { results: { st: string }[] }
  return results[at]?.st ?? "nothing"
}

/** What was taken twice: one of the two should have been `stale`. */
export const takenTwice = (stack: Stack): string[] =>
  [stack.toDirectus, stack.toMedusa].flatMap((proxy) =>
    [...outcomes(proxy)]
      .filter(([, results]) => results.filter((st) => st === "ok" || st === "created").length > 1)
      .map(([name, results]) => `${name}: ${results.join(", ")}`),
  )
