import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { askAnswers } from "../init/ask-answers.ts"
import { withLines, type Lines } from "../init/env-lines.ts"
import { warningsOf, writeSecrets, type Warning } from "../init/secret-file.ts"
import { directusLines, medusaSnippet, ownLines, type Answers } from "../init/snippets.ts"
import { EXIT, wrongUse } from "../problem.ts"
import { faultOf, fixOf } from "../settings/secret-fault.ts"
import { secretsIn, secretsOf, type Settings } from "../settings/settings.ts"
import type { Command } from "./context.ts"

interface InitOptions {
  yes?: boolean
  trust?: string
  force?: boolean
  directusEnv?: string
  envFile?: string
}

/** Asks the few questions, writes `.env`, makes the secret, and says what goes into the two hosts. */
export const init: Command<InitOptions> = async ({ output, settings }, options) => {
  const { yes = false, force = false, directusEnv } = options
  const trust = readTrust(options.trust)
  if (!yes && !output.isTerminal)
    throw wrongUse("init asks, and this is no terminal.", "Add --yes, and give what is known by flags.")
  const file = resolve(options.envFile ?? ".env")
  const directusFile = directusEnv === undefined ? null : resolve(directusEnv)
  const files = [file, ...(directusFile === null ? [] : [directusFile])]
  const given = yes ? assume(settings, trust) : await askAnswers(settings, trust)
  refuseWeak(given, settings, files, force)
  const answers: Answers = withSecret(given, settings, force)
  const own = write(file, ownLines(answers), force)
  const theirs = directusLines(answers)
  const other = directusFile === null ? null : write(directusFile, theirs, force)
  const warnings = files.flatMap((each) => [...warningsOf(each), ...otherSecret(each, answers)])

  const directus = theirs.map(([name, value]) => `${name}=${value}`).join("\n")
  output.document({
    ...own,
    directusFile: other,
    warnings,
    medusaConfig: medusaSnippet(answers),
    directusEnv: directus,
  })
  output.print(summary(own))
  if (other) output.print(summary(other))
  for (const { message, fix } of warnings) output.say(`${message}\n→ ${fix}`)
  output.print(
    `\nInto medusa-config of Medusa, after npm install medusa-plugin-directus:\n\n${indent(medusaSnippet(answers))}`,
  )
  output.print("\nThen: npx medusa db:migrate, and restart Medusa.")
  output.print(
    `\nInto .env of Directus, after npm install directus-extension-medusa${other ? " (they are there now)" : ""}:\n\n${indent(directus)}`,
  )
  output.print("\nThen restart Directus, and see whether all is well: npx medusa-directus doctor")
  return EXIT.fine
}

const indent = (text: string): string => text.replaceAll(/^/gm, "  ")

function readTrust(text: string | undefined): Answers["trust"] | undefined {
  if (text === undefined || text === "secret" || text === "key") return text
  throw wrongUse(`--trust is no "${text}".`, "Use --trust secret or --trust key.")
}

/** Without questions: what is known, and else where both are at home. */
function assume(settings: Settings, trust: Answers["trust"] = "secret"): Omit<Answers, "secret"> {
  const { medusaUrl, directusUrl, medusaKey, directusToken } = settings
  if (trust === "key" && medusaKey === null)
    throw wrongUse("--trust key needs a secret API key of Medusa.", "Give it by MEDUSA_SECRET_API or --medusa-key.")
  return {
    medusaUrl: medusaUrl ?? "http://localhost:9000",
    directusUrl: directusUrl ?? "http://localhost:8055",
    trust,
    medusaKey,
    directusToken,
  }
}

/**
 * A secret that both sides would refuse is not kept and not spread: it looks as if all were done, and the sync stays off.
 *
 * @throws Problem `invalid_options`, before anything is written.
 */
function refuseWeak(given: Omit<Answers, "secret">, settings: Settings, files: string[], force: boolean): void {
  const refuse = (fault: string | null, fix: string): void => {
    if (fault !== null) throw wrongUse(fault, fix, "invalid_options")
  }
  if (given.trust === "key") {
    const { medusaKey } = given
    return refuse(faultOf("MEDUSA_SECRET_API", medusaKey === null ? [] : [medusaKey]), fixOf("MEDUSA_SECRET_API"))
  }
  if (force) return
  const byHand = `Or do it by hand. ${fixOf("MEDUSA_SYNC_SECRET")}`
  const replace = `Run npx medusa-directus init --force: it makes a good one in its place. ${byHand}`
  for (const file of files) refuse(faultOf(`MEDUSA_SYNC_SECRET in ${file}`, secretsIn(textOf(file))), replace)
  const leaveOut = `Take it out of the environment or the flags, and init makes a good one. ${byHand}`
  refuse(faultOf("MEDUSA_SYNC_SECRET", secretsOf(settings)), leaveOut)
}

/** Of a file whose secret stays and is not the one that the other side is given. */
function otherSecret(file: string, { secret }: Answers): Warning[] {
  const there = secretsIn(textOf(file))
  if (secret === null || there.includes(secret)) return []
  return [
    {
      file,
      message: `${file} keeps a MEDUSA_SYNC_SECRET of its own: the two sides would have different ones.`,
      fix: "Give both files the same one, or run init again with --force: it makes a new one for both.",
    },
  ]
}

/** One that is there stays: the other side may have it already. */
function withSecret(answers: Omit<Answers, "secret">, settings: Settings, force: boolean): Answers {
  if (answers.trust === "key") return { ...answers, secret: null }
  const [known] = secretsOf(settings).filter((secret) => secret !== settings.medusaKey)
  return { ...answers, secret: known !== undefined && !force ? known : randomBytes(32).toString("hex") }
}

/** What became of one file. */
interface FileWritten {
  file: string
  added: string[]
  changed: string[]
  kept: string[]
  /** Others could read it before. */
  tightened: boolean
}

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "")

function write(file: string, lines: Lines, force: boolean): FileWritten {
  const before = textOf(file)
  const { text, added, changed, kept } = withLines(before, lines, force)
  return { file, added, changed, kept, tightened: writeSecrets(file, text === before ? null : text) }
}

const summary = ({ file, added, changed, kept, tightened }: FileWritten): string => {
  const done = [
    tightened ? "now its owner alone can read it" : "",
    added.length > 0 ? `added ${added.join(", ")}` : "",
    changed.length > 0 ? `changed ${changed.join(", ")}` : "",
    kept.length > 0 ? `kept ${kept.join(", ")}` : "",
  ]
  return `${file}: ${done.filter(Boolean).join("; ")}`
}
