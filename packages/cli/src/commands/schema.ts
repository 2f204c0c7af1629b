import { confirm, isCancel } from "@clack/prompts"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { basename, resolve } from "node:path"
import type { Output } from "../output/output.ts"
import { waiting } from "../output/progress-bar.ts"
import { counted } from "../output/words.ts"
import { EXIT, Problem, wrongUse } from "../problem.ts"
import { applyDiff, diffSnapshot, readSnapshot } from "../schema/schema-api.ts"
import { summarizeDiff, type SchemaSummary } from "../schema/summarize-diff.ts"
import { directusOf, type Command } from "./context.ts"

interface BackupOptions {
  file?: string
  force?: boolean
}

const DEFAULT_FILE = "snapshot.yaml"

/** Writes Directus's collections, fields and relations into a file, in the form of `directus schema snapshot`. */
export const backupSchema: Command<BackupOptions> = async (context, { file = DEFAULT_FILE }) => {
  const { output } = context
  const directus = directusOf(context)
  const text = await waiting(output, "Reading Directus's schema", () => readSnapshot(directus))
  const path = resolve(file)
  writeFileSync(path, text)
  const collections = (text.split(/^fields:/m)[0] ?? "").match(/^ {2}- collection: /gm)?.length ?? 0
  const bytes = Buffer.byteLength(text)
  output.document({ file: path, bytes, collections })
  output.print(`${path}: ${counted(collections, "collection")} with fields and relations, ${counted(bytes, "byte")}.`)
  output.print("It holds the schema and no items: those come with a backup of the database.")
  return EXIT.fine
}

interface RestoreOptions extends BackupOptions {
  yes?: boolean
  dryRun?: boolean
  allowDeletes?: boolean
}

/** Brings Directus's schema into the form of the file: makes, changes and deletes. Exit code 1 when something differs and `--dry-run` was given. */
export const restoreSchema: Command<RestoreOptions> = async (context, options) => {
  const { file = DEFAULT_FILE, force = false, dryRun = false } = options
  const { output } = context
  const path = resolve(file)
  if (!existsSync(path))
    throw wrongUse(`There is no file ${path}.`, "npx medusa-directus schema backup writes one, or name another.")
  const directus = directusOf(context)
  const snapshot = { name: basename(path), text: readFileSync(path, "utf8") }
  const diff = await waiting(output, "Comparing Directus's schema with the file", () =>
    diffSnapshot(directus, snapshot, { force }),
  )
  if (diff === null) {
    output.document({ file: path, applied: false, made: [], changed: [], deleted: [] })
    output.print(`Directus's schema is as in ${path}. Nothing to do.`)
    return EXIT.fine
  }
  const summary = summarizeDiff(diff)
  print(output, summary)
  const isAgreed = !dryRun && (await agree(output, summary, options))
  if (isAgreed) await waiting(output, "Changing Directus's schema", () => applyDiff(directus, diff, force))
  output.document({ file: path, applied: isAgreed, ...summary })
  output.print(isAgreed ? `Directus's schema is as in ${path} now.` : "Nothing was changed.")
  return isAgreed ? EXIT.fine : EXIT.problems
}

function print(output: Output, { made, changed, deleted }: SchemaSummary): void {
  for (const [what, names] of [
    ["would be made", made],
    ["would be changed", changed],
    ["would be DELETED, with all that is in them", deleted],
  ] as const)
    if (names.length > 0) output.print(`${String(names.length)} ${what}: ${names.join(", ")}`)
}

/** @throws Problem when it may neither go on nor ask. */
async function agree(
  output: Output,
  { deleted }: SchemaSummary,
  { yes = false, allowDeletes = false }: RestoreOptions,
): Promise<boolean> {
  if (deleted.length > 0 && !allowDeletes && (yes || !output.isTerminal))
    throw new Problem({
      code: "would_delete",
      message: `It would delete ${deleted.join(", ")}, with all that is in them. Nothing was changed.`,
      fix: "If that is meant, add --allow-deletes. To look only: --dry-run.",
    })
  if (yes) return true
  if (!output.isTerminal)
    throw wrongUse(
      "restore asks before it changes the schema, and this is no terminal.",
      "Add --yes, or --dry-run to look.",
    )
  const answer = await confirm({
    output: process.stderr,
    message: deleted.length > 0 ? `Delete ${deleted.join(", ")} and change the schema?` : "Change the schema?",
    initialValue: deleted.length === 0,
  })
  return !isCancel(answer) && answer
}
