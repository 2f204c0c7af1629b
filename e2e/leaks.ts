import type { Stack } from "./stack/stack.ts"

/** What hosts write down about their sync, beside their logs. */
const REASONS = {
  medusa: `select reason from directus_sync_journal_entry union all select reason from directus_sync_link
    union all select paused::text from directus_sync_control`,
  directus: `select reason from medusa_sync_journal union all select reason from medusa_sync_link
    union all select paused from medusa_sync_control`,
}

/** Directus's own request log shows the headers that came; a message counts once, so they open nothing. */
const SIGNATURE = /"webhook-(id|timestamp|signature)":"(\\.|[^"\\])*",?/g

/** @returns one line for each of the named texts that a log, or a reason for a person, shows. */
export async function leaks(stack: Stack, secrets: Record<string, string>): Promise<string[]> {
  const reasons = async (rows: Promise<Record<string, unknown>[]>) =>
    (await rows).flatMap(({ reason }) => (typeof reason === "string" ? [reason] : []))
  const places = {
    "Medusa's log": (await stack.medusa.log()).split("\n"),
    "Directus's log": (await stack.directus.log()).replace(SIGNATURE, "").split("\n"),
    "Medusa's reasons": await reasons(stack.sqlMedusa(REASONS.medusa)),
    "Directus's reasons": await reasons(stack.sqlDirectus(REASONS.directus)),
  }
  return Object.entries(places).flatMap(([place, lines]) =>
    Object.entries(secrets).flatMap(([name, text]) => {
      const line = lines.find((each) => each.includes(text))
      return line === undefined ? [] : [`${place} show the ${name}: ${line.slice(0, 400)}`]
    }),
  )
}
