import { faultOfSecrets, SECRET_COMMAND } from "medusa-directus-core/sign"

/** What both sides may sign with. */
export type SecretName = "MEDUSA_SYNC_SECRET" | "MEDUSA_SECRET_API"

const WHERE: Record<SecretName, string> = {
  MEDUSA_SYNC_SECRET: `Make one with: ${SECRET_COMMAND}`,
  MEDUSA_SECRET_API: "Make another one in Medusa Admin under Settings → Secret API Keys.",
}

const PUT: Record<SecretName, string> = {
  MEDUSA_SYNC_SECRET:
    "Then give it alone to both sides (`secret` in medusa-config, MEDUSA_SYNC_SECRET in Directus and here) and restart both.",
  MEDUSA_SECRET_API:
    "Then give it to both sides (`secret` in medusa-config, MEDUSA_SECRET_API in Directus and here) and restart both.",
}

/** Where to get a good one, and where it goes. */
export const fixOf = (name: SecretName): string => `${WHERE[name]} ${PUT[name]}`

/**
 * Why both sides keep the sync off with these, as they do at their start; `null` when they take them, or when there are none.
 *
 * @param at - what the message calls it, such as its name and the file that it stands in.
 */
export const faultOf = (at: string, secrets: string[]): string | null =>
  secrets.length === 0 ? null : faultOfSecrets(at, secrets)
