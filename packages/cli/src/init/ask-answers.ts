import { cancel, intro, isCancel, password, select, text } from "@clack/prompts"
import { EXIT, Problem } from "../problem.ts"
import type { Settings } from "../settings/settings.ts"
import type { Answers } from "./snippets.ts"

const output = process.stderr

const isAddress = (value: string | undefined): string | undefined =>
  value && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? undefined
    : "An address looks like http://localhost:9000"

/** @throws Problem `cancelled` */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  cancel("Nothing was written.", { output })
  throw new Problem({
    code: "cancelled",
    message: "Nothing was written.",
    fix: "Run init again when you have the answers.",
    exitCode: EXIT.wrongUse,
  })
}

const askAddress = async (message: string, initialValue: string): Promise<string> =>
  answered(await text({ output, message, initialValue, validate: isAddress }))

const askKey = async (message: string, start?: string): Promise<string | null> =>
  answered(
    await password({
      output,
      message: `${message} (Enter: later)`,
      validate: (value) => (!value || !start || value.startsWith(start) ? undefined : `It begins with ${start}`),
    }),
  )?.trim() || null

/** Asks what is not known yet. */
export async function askAnswers(
  known: Settings,
  trust: Answers["trust"] | undefined,
): Promise<Omit<Answers, "secret">> {
  intro("Medusa and Directus in sync", { output })
  const medusaUrl = await askAddress("Where is Medusa?", known.medusaUrl ?? "http://localhost:9000")
  const directusUrl = await askAddress("Where is Directus?", known.directusUrl ?? "http://localhost:8055")
  const way =
    trust ??
    answered(
      await select<Answers["trust"]>({
        output,
        message: "What do both sides sign with?",
        options: [
          { value: "secret", label: "a secret of its own", hint: "made now; opens the sync only" },
          { value: "key", label: "a secret API key of Medusa", hint: "opens all of Medusa's admin API" },
        ],
      }),
    )
  const medusaKey =
    known.medusaKey ?? (await askKey("A secret API key of Medusa, from Settings → Secret API Keys", "sk_"))
  const directusToken = known.directusToken ?? (await askKey("The static token of an administrator of Directus"))
  return { medusaUrl, directusUrl, trust: way, medusaKey, directusToken }
}
