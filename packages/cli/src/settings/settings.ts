import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { parseEnv } from "node:util"
import { wrongUse, type Problem } from "../problem.ts"
import { VARIABLES, type SettingName, type Variable } from "./variables.ts"

/** Flags that were given, by their camel-cased names. */
export type Flags = Partial<Record<SettingName, string | undefined>> & { envFile?: string | undefined }

export type Settings = Record<SettingName, string | null>

type Environment = Record<string, string | undefined>

/** The variables of `--env-file`, or of `.env` in the working directory if there is one. */
function readFile(envFile: string | undefined, mayLack: boolean): Environment {
  const path = resolve(envFile ?? ".env")
  if (existsSync(path)) return parseEnv(readFileSync(path, "utf8"))
  if (envFile === undefined || mayLack) return {}
  throw wrongUse(`There is no file ${path}.`, "Name another one with --env-file, or leave it out.")
}

/** Directus's own prefix for "this is a text" may stand before a value that is shared with it. */
const plain = (value: string | undefined): string | null => value?.trim().replace(/^string:/, "") || null

/**
 * A flag counts before the environment, and the environment before the file.
 *
 * @param mayLack - the file that was named need not be there.
 * @throws Problem `wrong_use` when an address is none, or the named file is not there.
 */
export function readSettings(
  flags: Flags,
  { environment = process.env, mayLack = false }: { environment?: Environment; mayLack?: boolean } = {},
): Settings {
  const file = readFile(flags.envFile, mayLack)
  const look = (name: SettingName): string | null => {
    const { names }: Variable = VARIABLES[name]
    const values = [flags[name], ...names.map((variable) => environment[variable]), ...names.map((each) => file[each])]
    return values.map(plain).find((value) => value !== null) ?? null
  }
  return {
    medusaUrl: checkAddress("medusaUrl", look("medusaUrl")),
    directusUrl: checkAddress("directusUrl", look("directusUrl")),
    medusaKey: look("medusaKey"),
    directusToken: look("directusToken"),
    secret: look("secret"),
  }
}

function checkAddress(name: SettingName, value: string | null): string | null {
  if (value === null) return null
  const { flag, names, where } = VARIABLES[name]
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw wrongUse(
      `${names[0]} (or ${flag}) is not an address of the form http(s)://host[:port][/path] without a login in it.`,
      where,
    )
  return url.href.replace(/\/+$/, "")
}

export function missing(name: SettingName): Problem {
  const { flag, names, what, where } = VARIABLES[name]
  return wrongUse(
    `${names.join(" or ")} is not set: ${what}.`,
    `${where}. It goes into .env here, or into the environment, or into ${flag}.`,
    "not_set",
  )
}

/** @throws Problem `not_set` that says which variable and where to get it. */
export function need(settings: Settings, name: SettingName): string {
  const value = settings[name]
  if (value === null) throw missing(name)
  return value
}

/** One or several while the secret is being changed, the new one first. */
export const secretsOf = ({ secret }: Pick<Settings, "secret">): string[] =>
  (secret ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)

/** Those that a file has as MEDUSA_SYNC_SECRET, with or without Directus's prefix. */
export const secretsIn = (text: string): string[] => secretsOf({ secret: plain(parseEnv(text)["MEDUSA_SYNC_SECRET"]) })
