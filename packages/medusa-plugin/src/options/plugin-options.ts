import { z } from "@medusajs/framework/zod"
import { checkSecrets, resolveConfig, SyncError, type Mapping, type SyncConfig } from "medusa-directus-core/host"
import type { RecordFunctions } from "../records/record-rules"
import { checkLocales } from "../records/translations/locales"
import { parseContent, type ContentOption, type ContentOptions } from "./content-options"
import { parseFunctions } from "./function-options"
import type { ComputeOption, FilterOption } from "./records"

export type * from "./records"
export type { ContentFields, ContentOption } from "./content-options"

/** What a shop writes under `options` of this plugin in medusa-config. */
export interface PluginOptions {
  /** The address of Directus, with its path if it has one. */
  directusUrl: string
  /** Where people open Directus, when that is not `directusUrl`; links in Medusa Admin lead there. */
  studioUrl?: string
  /** At least 16 characters, the same on both sides; several while a secret is being changed, the new one first. */
  secret: string | string[]
  /** Changes to the default mapping; the same must be given on both sides. */
  mapping?: Mapping
  /** A name for this shop that a person recognises in Directus. */
  instance?: string
  /** Milliseconds between looks for changes that no event announced. */
  pollInterval?: number
  /** Milliseconds between walks through all records for changes that no trigger saw; 0 = never. */
  sweepInterval?: number
  /** Days for which the journal and decided conflicts are kept. */
  keepDays?: number
  /** `false` stops sending and receiving; changes are still marked. */
  enabled?: boolean
  /** Functions over a record of Medusa; what they return goes where `mapping.<kind>.computed` says. */
  compute?: ComputeOption
  /** A record for which this returns `false` is kept out of Directus, as if it were not there. */
  filter?: FilterOption
  /** Which of Directus's own fields Medusa's store API shows, by kind. */
  content?: ContentOption
}

export interface SyncOptions {
  directusUrl: string
  studioUrl: string
  secrets: string[]
  config: SyncConfig
  functions: RecordFunctions
  content: ContentOptions | null
  instance: string
  pollInterval: number
  sweepInterval: number
  keepDays: number
}

/** `off` is what the shop asked for, or why it cannot be on: one sentence that names the option and an example. */
export type Setup = { kind: "on"; options: SyncOptions } | { kind: "off"; reason: string; wanted: boolean }

const EXAMPLES = {
  directusUrl: 'directusUrl: "https://cms.example.com"',
  studioUrl: 'studioUrl: "https://cms.example.com"',
  secret: "secret: process.env.MEDUSA_SYNC_SECRET",
  instance: 'instance: "shop-eu"',
  pollInterval: "pollInterval: 5000",
  sweepInterval: "sweepInterval: 86_400_000",
  keepDays: "keepDays: 30",
  enabled: 'enabled: process.env.SYNC_ENABLED !== "false"',
} as const

const address = z
  .string({ error: "is missing" })
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "is not an http(s) address")
  .refine(
    (text) => !URL.canParse(text) || (!new URL(text).username && !new URL(text).password),
    "must not hold a user or password",
  )

const schema = z.object({
  directusUrl: address,
  studioUrl: address.optional(),
  secret: z.union([z.string(), z.array(z.string())], { error: "is missing" }),
  mapping: z.unknown(),
  compute: z.unknown(),
  filter: z.unknown(),
  content: z.unknown(),
  // It travels as `medusa:<instance>` in every message.
  instance: z
    .string()
    .regex(/^[\w .-]{1,80}$/, "takes 1 to 80 letters, digits, spaces, dots and hyphens")
    .default("default"),
  pollInterval: z
    .number({ error: "is not a number of milliseconds" })
    .int()
    .min(250, "is below 250")
    .max(3_600_000, "is above an hour")
    .default(5000),
  sweepInterval: z
    .number({ error: "is not a number of milliseconds" })
    .int()
    .refine((every) => every === 0 || (every >= 1000 && every <= 2_000_000_000), "must be 0, or 1000 to 2000000000")
    .default(86_400_000),
  keepDays: z.number({ error: "is not a number of days" }).int().min(1, "is below 1").max(3650).default(30),
  enabled: z.boolean({ error: "is not true or false" }).default(true),
})

/** @throws SyncError `invalid_options` or `invalid_mapping`. */
function parse(raw: unknown): SyncOptions & { enabled: boolean } {
  const parsed = schema.safeParse(raw ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const option = String(issue?.path[0] ?? "directusUrl") as keyof typeof EXAMPLES
    throw new SyncError(
      "invalid_options",
      `The option "${option}" ${issue?.message ?? "is not valid"}. Example: ${EXAMPLES[option] ?? ""}`,
    )
  }
  const { directusUrl, studioUrl, secret, mapping, compute, filter, content, ...rest } = parsed.data
  const secrets = Array.isArray(secret) ? secret : [secret]
  checkSecrets('The option "secret"', secrets)
  const config = resolveConfig(mapping)
  checkLocales(config)
  return {
    ...rest,
    directusUrl,
    studioUrl: studioUrl ?? directusUrl,
    secrets,
    config,
    functions: parseFunctions({ compute, filter }, config),
    content: parseContent(content, config),
  }
}

/** Reads the plugin's options. Never throws: a wrong option keeps the sync off and the shop open. */
export function readSetup(raw: unknown): Setup {
  if (typeof raw === "object" && raw !== null && (raw as { enabled?: unknown }).enabled === false) {
    return { kind: "off", wanted: true, reason: 'The option "enabled" is false.' }
  }
  try {
    const { enabled: _, ...options } = parse(raw)
    return { kind: "on", options }
  } catch (error) {
    return {
      kind: "off",
      wanted: false,
      reason: error instanceof SyncError ? error.message : "The options could not be read.",
    }
  }
}

/** What the store's content needs; it goes on while the sync is switched off. Never throws; `null` when none is wanted. */
export function readContentSetup(
  raw: unknown,
): (Pick<SyncOptions, "directusUrl" | "secrets"> & { content: ContentOptions }) | null {
  const setup = readSetup(typeof raw === "object" ? { ...raw, enabled: true } : raw)
  if (setup.kind === "off" || !setup.options.content) return null
  const { directusUrl, secrets, content } = setup.options
  return { directusUrl, secrets, content }
}

/**
 * What capture has to know, which goes on while the sync is switched off. Never throws; `null` when the mapping cannot be
 * read.
 */
export function readCapture(raw: unknown): CaptureInput | null {
  const { mapping, compute, filter } = (raw ?? {}) as Record<string, unknown>
  const hasProduct = (option: unknown): boolean =>
    typeof option === "object" && option !== null && Object.hasOwn(option, "product")
  try {
    return { config: resolveConfig(mapping), functions: hasProduct(compute) || hasProduct(filter) }
  } catch {
    return null
  }
}

export interface CaptureInput {
  config: Pick<SyncConfig, "entities">
  /** Does a function of the shop look at products? */
  functions: boolean
}
