/** What a command has to know, where it is looked for, and where a person gets it. */
export interface Variable {
  flag: string
  /** The first one that is set counts. */
  names: readonly [string, ...string[]]
  what: string
  where: string
}

export const VARIABLES = {
  medusaUrl: {
    flag: "--medusa-url",
    names: ["MEDUSA_URL", "MEDUSA_BACKEND_URL"],
    what: "the address of Medusa",
    where: "For example MEDUSA_URL=http://localhost:9000",
  },
  directusUrl: {
    flag: "--directus-url",
    names: ["DIRECTUS_URL", "NEXT_PUBLIC_DIRECTUS_URL"],
    what: "the address of Directus",
    where: "For example DIRECTUS_URL=http://localhost:8055",
  },
  medusaKey: {
    flag: "--medusa-key",
    names: ["MEDUSA_SECRET_API"],
    what: "a secret API key of Medusa",
    where: "Make one in Medusa Admin under Settings → Secret API Keys (MEDUSA_SECRET_API=sk_…)",
  },
  directusToken: {
    flag: "--directus-token",
    names: ["DIRECTUS_TOKEN"],
    what: "the static token of an administrator of Directus",
    where: "Make one in Directus under Users → an administrator → Token, and save the user (DIRECTUS_TOKEN=…)",
  },
  secret: {
    flag: "--secret",
    names: ["MEDUSA_SYNC_SECRET"],
    what: "the secret that both sides sign with",
    where: "It is `secret` in medusa-config and MEDUSA_SYNC_SECRET in Directus. `npx medusa-directus init` makes one",
  },
} as const satisfies Record<string, Variable>

export type SettingName = keyof typeof VARIABLES
