import { checkSecrets, resolveConfig, SyncError, type SyncConfig } from "medusa-directus-core/host"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { z } from "zod"

/** How Medusa is reached. */
export interface Connection {
  url: URL
  /** The first signs; all are accepted, so that a secret can be rotated. */
  secrets: string[]
  /** A Medusa secret API key: then Medusa's own guard lets the messages in. */
  apiKey: string | null
}

export interface Options {
  enabled: boolean
  /** `null` when the mapping cannot be used. */
  config: SyncConfig | null
  /** `null` when Medusa cannot be spoken to with what is configured. */
  connection: Connection | null
  /** A name for this installation: the host of its public address. */
  instance: string
  /** The address under which browsers and Medusa reach this Directus, without a slash at the end. */
  publicUrl: string
  /** Where people find Medusa's Admin, without a slash at the end. */
  adminUrl: string
  /** Milliseconds between looks when nothing wakes the sender. */
  poll: number
  /** Milliseconds between looks at all rows, for changes that nothing told; 0 = never. */
  sweep: number
  /** Days for which the journal and decided conflicts are kept. */
  keepDays: number
  /** Words of a status field that make an item public, for Medusa's store. */
  published: string[]
  /** Medusa's pictures: shown by their addresses, or also copied into Directus's files. */
  images: "link" | "import"
  /** A module with what the shop adds in code. */
  extend: string | null
  /** One line for each variable that is wrong: its name, what is wrong, an example. */
  problems: string[]
}

const EXAMPLE_SECRET = "node -e \"console.log(require('crypto').randomBytes(32).toString('hex'))\""

const absent = (value: unknown): boolean => value === undefined || value === null || value === ""

const switchSchema = z
  .union([
    z.boolean(),
    z.enum(["true", "false"]).transform((word) => word === "true"),
    z.literal([0, 1]).transform(Boolean),
  ])
  .default(true)

const pollSchema = z.coerce.number().int().min(200).max(3_600_000).default(5_000)

const sweepSchema = z
  .union([z.literal([0, "0"]).transform(() => 0), z.coerce.number().int().min(1_000).max(86_400_000)])
  .default(300_000)

const keepDaysSchema = z.coerce.number().int().min(1).max(3650).default(30)

const imagesSchema = z.enum(["link", "import"]).default("link")

const urlSchema = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => !url.username && !url.password)

/** Directus guesses types: digits come as a number, "a,b" as an array, and JSON as what it says. */
function words(name: string, value: unknown): string[] {
  if (absent(value)) return []
  if (Array.isArray(value)) return value.flatMap((part: unknown) => words(name, part))
  if (typeof value === "string")
    return value
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)
  if (typeof value === "number" && Number.isSafeInteger(value)) return [String(value)]
  throw new SyncError(
    "invalid_options",
    `${name} was read as a ${typeof value} and not as text. Write it with Directus's prefix: ${name}=string:…`,
  )
}

function readSecrets(env: Record<string, unknown>): Pick<Connection, "secrets" | "apiKey"> {
  const secrets = words("MEDUSA_SYNC_SECRET", env["MEDUSA_SYNC_SECRET"])
  if (secrets.length > 0) {
    checkSecrets("MEDUSA_SYNC_SECRET", secrets)
    return { secrets, apiKey: null }
  }
  const [apiKey] = words("MEDUSA_SECRET_API", env["MEDUSA_SECRET_API"])
  if (apiKey === undefined) {
    throw new SyncError(
      "invalid_options",
      `MEDUSA_SYNC_SECRET is missing. Give Medusa and Directus the same secret, at least 16 characters; make one with: ${EXAMPLE_SECRET}. Or set MEDUSA_SECRET_API to a secret API key of Medusa (sk_…).`,
    )
  }
  if (!apiKey.startsWith("sk_")) {
    throw new SyncError(
      "invalid_options",
      "MEDUSA_SECRET_API is not a secret API key of Medusa. Create one in Medusa under Settings → Secret API Keys, e.g. MEDUSA_SECRET_API=sk_0123456789abcdef…",
    )
  }
  checkSecrets("MEDUSA_SECRET_API", [apiKey], "Create another one in Medusa under Settings → Secret API Keys.")
  return { secrets: [apiKey], apiKey }
}

function readUrl(value: unknown): URL {
  const parsed = urlSchema.safeParse(absent(value) ? "http://localhost:9000" : value)
  if (!parsed.success) {
    throw new SyncError(
      "invalid_options",
      "MEDUSA_URL is not an address of the form http(s)://host[:port][/path] without a login in it. Example: MEDUSA_URL=http://localhost:9000",
    )
  }
  return parsed.data
}

/** Browsers may reach Medusa by another address than this host does. */
function readAdminUrl(value: unknown): URL | null {
  if (absent(value)) return null
  const parsed = urlSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SyncError(
    "invalid_options",
    "MEDUSA_ADMIN_URL is not an address of the form http(s)://host[:port][/path]. Example: MEDUSA_ADMIN_URL=https://shop.example.com/app",
  )
}

const MAPPING_EXAMPLE =
  'MEDUSA_SYNC_MAPPING=./medusa-sync.json, or inline with the prefix json: — MEDUSA_SYNC_MAPPING=json:{"product":{"collection":"products"}}'

function readMapping(value: unknown): SyncConfig {
  const parse = (text: string, where: string): unknown => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new SyncError("invalid_options", `MEDUSA_SYNC_MAPPING: ${where} is not JSON. Example: ${MAPPING_EXAMPLE}`)
    }
  }
  const load = (): unknown => {
    if (absent(value)) return {}
    // JSON with a comma in it comes as an array: Directus splits it.
    const text = Array.isArray(value)
      ? value.map((part: unknown) => (typeof part === "string" ? part : JSON.stringify(part))).join(",")
      : value
    if (typeof text !== "string") return text
    if (text.trimStart().startsWith("{")) return parse(text, "the value")
    const path = resolve(text)
    let content: string
    try {
      content = readFileSync(path, "utf8")
    } catch {
      throw new SyncError(
        "invalid_options",
        `MEDUSA_SYNC_MAPPING: the file ${path} cannot be read. Example: ${MAPPING_EXAMPLE}`,
      )
    }
    return parse(content, path)
  }
  try {
    return resolveConfig(load())
  } catch (error) {
    if (!(error instanceof SyncError) || error.code === "invalid_options") throw error
    throw new SyncError("invalid_mapping", `MEDUSA_SYNC_MAPPING: ${error.message}`)
  }
}

function readPublicUrl(env: Record<string, unknown>): URL | null {
  for (const name of ["NEXT_PUBLIC_DIRECTUS_URL", "PUBLIC_URL"]) {
    const parsed = urlSchema.safeParse(env[name])
    if (parsed.success) return parsed.data
  }
  return null
}

const portOf = (env: Record<string, unknown>): string =>
  typeof env["PORT"] === "number" || typeof env["PORT"] === "string" ? String(env["PORT"]) : "8055"

function readPath(name: string, value: unknown): string | null {
  if (absent(value)) return null
  if (typeof value === "string") return value
  throw new SyncError(
    "invalid_options",
    `${name} must be the path of a module. Example: ${name}=./medusa-sync-extend.mjs`,
  )
}

/**
 * Reads the extension's variables as Directus cast them. Never throws: what is wrong stands in `problems`, and what can
 * be used is there all the same, so that changes are still noted while a secret is missing.
 */
export function readOptions(env: Record<string, unknown>): Options {
  const problems: string[] = []
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      problems.push(error instanceof SyncError ? error.message : "The options cannot be read.")
      return null
    }
  }
  const checked = <T>(schema: z.ZodType<T>, name: string, message: string): T | null =>
    attempt(() => {
      const parsed = schema.safeParse(absent(env[name]) ? undefined : env[name])
      if (!parsed.success) throw new SyncError("invalid_options", `${name} ${message}`)
      return parsed.data
    })

  const enabled = checked(
    switchSchema,
    "MEDUSA_SYNC_ENABLED",
    "must be true or false. Example: MEDUSA_SYNC_ENABLED=true",
  )
  const poll = checked(
    pollSchema,
    "MEDUSA_SYNC_POLL",
    "must be milliseconds from 200 to 3600000. Example: MEDUSA_SYNC_POLL=5000",
  )
  const sweep = checked(
    sweepSchema,
    "MEDUSA_SYNC_SWEEP",
    "must be milliseconds from 1000 to 86400000, or 0 for never. Example: MEDUSA_SYNC_SWEEP=300000",
  )
  const keepDays = checked(
    keepDaysSchema,
    "MEDUSA_SYNC_KEEP_DAYS",
    "must be days from 1 to 3650. Example: MEDUSA_SYNC_KEEP_DAYS=30",
  )
  const images = checked(
    imagesSchema,
    "MEDUSA_SYNC_IMAGES",
    "must be link (pictures are shown by their addresses) or import (Directus's files get a copy). Example: MEDUSA_SYNC_IMAGES=link",
  )
  const published = attempt(() => words("MEDUSA_SYNC_PUBLISHED", env["MEDUSA_SYNC_PUBLISHED"]))
  const extend = attempt(() => readPath("MEDUSA_SYNC_EXTEND", env["MEDUSA_SYNC_EXTEND"]))
  const config = attempt(() => readMapping(env["MEDUSA_SYNC_MAPPING"]))
  const url = attempt(() => readUrl(env["MEDUSA_URL"]))
  const adminUrl = attempt(() => readAdminUrl(env["MEDUSA_ADMIN_URL"]))
  const trust = attempt(() => readSecrets(env))
  const publicUrl = readPublicUrl(env)
  return {
    enabled: enabled ?? true,
    config,
    connection: url && trust && problems.length === 0 ? { url, ...trust } : null,
    instance: (publicUrl?.host ?? "directus").slice(0, 100),
    publicUrl: (publicUrl?.href ?? `http://localhost:${portOf(env)}`).replace(/\/+$/, ""),
    adminUrl: (adminUrl?.href ?? `${url?.origin ?? ""}/app`).replace(/\/+$/, ""),
    poll: poll ?? 5_000,
    sweep: sweep ?? 300_000,
    keepDays: keepDays ?? 30,
    published: published && published.length > 0 ? published : ["published"],
    images: images ?? "link",
    extend: extend ?? null,
    problems,
  }
}
