import { Command as Commander } from "commander"
import { backfill } from "./commands/backfill.ts"
import { conflicts } from "./commands/conflicts.ts"
import type { Command } from "./commands/context.ts"
import { diff } from "./commands/diff.ts"
import { doctor } from "./commands/doctor.ts"
import { init } from "./commands/init.ts"
import { pause, resume } from "./commands/pause.ts"
import { retry } from "./commands/retry.ts"
import { backupSchema, restoreSchema } from "./commands/schema.ts"
import { status } from "./commands/status.ts"
import { makeOutput } from "./output/output.ts"
import { readSettings, type Flags } from "./settings/settings.ts"
import { VARIABLES, type Variable } from "./settings/variables.ts"
import { VERSION } from "./version.ts"

type GlobalOptions = Flags & { json?: boolean; verbose?: boolean }

const EXIT_CODES = `
Exit codes: 0 all is well, 1 there is something to do, 2 wrong use.
Flags count before the environment, and that before .env in the working directory. Keys are better in .env than in
flags, which other users of the machine can see.`

/** The whole command line. `end` is given each command's exit code. */
export function makeProgram(end: (exitCode: number) => void): Commander {
  const program = new Commander("medusa-directus")
    .description("Steers the two-way sync between Medusa and Directus, through the APIs of both.")
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .option("--json", "print one JSON document on stdout, everything else on stderr")
    .option("--verbose", "show each request, and more about an error")
    .option("--env-file <file>", "where the variables are (.env)")
    .addHelpText("after", EXIT_CODES)
  for (const { flag, names, what } of Object.values<Variable>(VARIABLES))
    program.option(`${flag} <value>`, `${what} (${names.join(", ")})`)

  /** @param positional - names of the arguments, in their order. */
  const run =
    <Options extends object>(command: Command<Options>, ...positional: (keyof Options & string)[]) =>
    async (...given: unknown[]): Promise<void> => {
      const self = given.at(-1) as Commander
      const options = self.optsWithGlobals<GlobalOptions & Options>()
      positional.forEach((name, i) => {
        if (given[i] !== undefined) Object.assign(options, { [name]: given[i] })
      })
      const output = makeOutput({ isJson: options.json === true, isVerbose: options.verbose === true })
      // `init` writes the file that is named.
      const mayLack = command === (init as unknown)
      end(await command({ output, settings: readSettings(options, { mayLack }) }, options))
    }

  const bothSides = "--side <side>"
  const sideText = "medusa or directus; both unless one is named"

  program
    .command("doctor")
    .description(
      "look at both hosts and say what to do: keys, versions, secret, clocks, mapping, schema, licence, triggers",
    )
    .action(run(doctor))
  program
    .command("init")
    .description("ask the few questions, write .env, make the secret, print what goes into the two hosts")
    .option("--yes", "ask nothing: take flags, variables and the usual addresses")
    .option("--trust <way>", "what both sides sign with: secret (made now) or key (Medusa's secret API key)")
    .option("--directus-env <file>", "write Directus's lines into its .env as well, when it is on this machine")
    .option("--force", "replace lines that are there, and make a new secret")
    .action(run(init))
  program
    .command("status")
    .description("what each side says of itself: state, what waits, problems")
    .option(bothSides, sideText)
    .action(run(status))
  program
    .command("pause")
    .description("send nothing until it is resumed; changes are kept")
    .option(bothSides, sideText)
    .option("--both", "take nothing from the other side either")
    .action(run(pause))
  program
    .command("resume")
    .description("end a pause, and the rest after failures")
    .option(bothSides, sideText)
    .action(run(resume))
  program
    .command("diff")
    .description("changes that told nobody, as plain SQL makes them")
    .option(bothSides, sideText)
    .option("--limit <count>", "records that are listed (200)")
    .option("--repair", "tell them now")
    .option("--last", "what the last look has found, without looking again")
    .option("--cancel", "end the look or the repair that is under way")
    .action(run(diff))
  program
    .command("backfill [action]")
    .description("tell the other side of what was there before: start, watch, status, preview, pause, resume, cancel")
    .option(bothSides, sideText)
    .option("--kinds <kinds>", "only these, for example product,variant")
    .option("--per-minute <count>", "records a minute at most")
    .option("--publish", "show new products of Directus in the shop at once; without it they are drafts there")
    .option("--leave-deleted", "what the other side has deleted and this one has kept does not come back there")
    .option("--detach", "start it and do not wait for its end")
    .option("--last", "with preview: what the last one has found, without asking again")
    .option("--cancel", "with preview: end the one that is under way")
    .action(run(backfill, "action"))
  program
    .command("conflicts [action] [id] [value]")
    .description("list, decide (one by one), keep <id>, take <id>, edit <id> <value>")
    .option(bothSides, sideText)
    .option("--limit <count>", "conflicts that are listed (50)")
    .action(run(conflicts, "action", "id", "value"))
  program
    .command("retry [kind] [id]")
    .description("send stopped records again: all, or one")
    .option(bothSides, sideText)
    .option("--list", "show them, each with its reason")
    .option("--discard", "leave this one alone from now on")
    .option("--limit <count>", "records that are listed (50)")
    .action(run(retry, "kind", "id"))

  const schema = program.command("schema").description("Directus's collections, fields and relations in a file")
  schema
    .command("backup [file]")
    .description("write them into a file (snapshot.yaml)")
    .action(run(backupSchema, "file"))
  schema
    .command("restore [file]")
    .description("bring Directus's schema into the form of the file")
    .option("--yes", "do not ask")
    .option("--dry-run", "say what would be changed, and change nothing")
    .option("--allow-deletes", "also what deletes collections or fields, with all that is in them")
    .option("--force", "also from another version of Directus or another database")
    .action(run(restoreSchema, "file"))
  return program
}
