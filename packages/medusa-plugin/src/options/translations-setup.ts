import type { ConfigModule } from "@medusajs/framework/types"
import { FeatureFlag, Modules } from "@medusajs/framework/utils"
import type { Sql } from "../database/sql"
import { hasTranslationTable } from "../records/translations/locales"
import { translatesOf } from "../records/translations/translated-texts"
import type { Setup } from "./plugin-options"

// While Medusa has no place for translations the sync is off: taken for removed, they would be removed in Directus.

/** The flag alone does not load the module: defineConfig looks at it before it is set (2.21.2). */
const CONFIG = 'featureFlags: { translation: true }, modules: [{ resolve: "@medusajs/medusa/translation" }]'
const MIGRATE = 'run "medusa db:migrate", then start Medusa again.'

const wantsTranslations = (setup: Setup): boolean =>
  setup.kind === "on" && [...setup.options.config.entities.values()].some(translatesOf)

const off = (text: string): Setup => ({
  kind: "off",
  wanted: false,
  reason: `mapping.translations needs Medusa's Translation Module, ${text}`,
})

/** The setup, or that the sync is off because Medusa's Translation Module is. */
export function withTranslations(setup: Setup, { modules }: Pick<ConfigModule, "modules">): Setup {
  if (!wantsTranslations(setup)) return setup
  const module = modules?.[Modules.TRANSLATION]
  const disabled = typeof module === "object" && "disable" in module && module.disable === true
  if (module && !disabled && FeatureFlag.isFeatureEnabled("translation")) return setup
  return off(`which is off. Add to medusa-config: ${CONFIG}. Then ${MIGRATE}`)
}

/** The setup, or that the sync is off because the module's tables are missing, with which Medusa starts all the same. */
export async function withTranslationTable(sql: Sql, setup: Setup): Promise<Setup> {
  if (!wantsTranslations(setup) || (await hasTranslationTable(sql))) return setup
  return off(`whose tables are missing: ${MIGRATE}`)
}
