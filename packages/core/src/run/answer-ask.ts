import { foresee } from "../backfill/foresee.ts"
import { tellBrought } from "../backfill/brought.ts"
import { tellInbox, tellStates } from "../inbox/tell-states.ts"
import type { HostPorts } from "../ports.ts"
import { answerDigest, answerLinks, answerMissing, retell } from "../repair/run-repair.ts"
import type { Answer, Ask } from "../wire/messages.ts"
import { answerTell } from "../repair/ask-places.ts"

/** Answers a question of the peer's. */
export async function answerAsk(ports: HostPorts, question: Ask, past: readonly string[]): Promise<Answer> {
  switch (question.kind) {
    case "digest":
      return answerDigest(ports)
    case "links":
      return answerLinks(ports, question.buckets)
    case "retell":
      return retell(ports, question.records)
    case "missing":
      return answerMissing(ports, question.records)
    case "tell":
      return answerTell(ports, question)
    case "preview":
      return foresee(ports, question, past)
    case "brought":
      return tellBrought(ports, new Date(question.since))
    case "resolved":
      await ports.transaction(async ({ conflicts }) => {
        const found = (await conflicts.lock(question.ids)).filter(({ resolvedAt }) => resolvedAt === null)
        const ids = found.map(({ id }) => id)
        await conflicts.resolve(ids, ports.now().toISOString())
        await conflicts.told(ids)
      })
      return { kind: "resolved" }
    case "states":
      return tellStates(ports, question.records)
    case "inbox":
      return tellInbox(ports, question.limit)
    default:
      return question satisfies never
  }
}
