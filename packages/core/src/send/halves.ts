import type { Answer, Ask } from "../wire/messages.ts"

/**
 * Two questions in the place of one; `null` = there is nothing to be halved. A preview is asked anew in halves by who asks:
 * what goes with its records differs.
 */
export function halvesOf(question: Ask): [Ask, Ask] | null {
  switch (question.kind) {
    case "links":
      return halved(question.buckets, (buckets) => ({ ...question, buckets }))
    case "resolved":
      return halved(question.ids, (ids) => ({ ...question, ids }))
    case "retell":
      return halved(question.records, (records) => ({ ...question, records }))
    case "missing":
      return halved(question.records, (records) => ({ ...question, records }))
    case "tell":
      return halved(question.records, (records) => ({ ...question, records }))
    case "states":
      return halved(question.records, (records) => ({ ...question, records }))
    default:
      return null
  }
}

function halved<T>(all: readonly T[], asking: (some: T[]) => Ask): [Ask, Ask] | null {
  const half = Math.ceil(all.length / 2)
  return all.length < 2 ? null : [asking(all.slice(0, half)), asking(all.slice(half))]
}

/** The answer to the whole question. */
export function joined(first: Answer, second: Answer): Answer {
  if (first.kind === "links" && second.kind === "links")
    return { kind: "links", links: [...first.links, ...second.links], complete: first.complete && second.complete }
  if (first.kind === "missing" && second.kind === "missing")
    return { kind: "missing", records: [...first.records, ...second.records] }
  if (first.kind === "tell" && second.kind === "tell") return { kind: "tell", revs: [...first.revs, ...second.revs] }
  if (first.kind === "states" && second.kind === "states")
    return { ...second, records: [...first.records, ...second.records] }
  return second
}
