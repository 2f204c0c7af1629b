/** What a person puts into the two hosts. */
export interface Answers {
  medusaUrl: string
  directusUrl: string
  /** `key`: both sides sign with Medusa's secret API key. */
  trust: "secret" | "key"
  /** Absent with `trust: "key"`. */
  secret: string | null
  medusaKey: string | null
  directusToken: string | null
}

export const medusaSnippet = (answers: Pick<Answers, "trust">): string => `plugins: [
  {
    resolve: "medusa-plugin-directus",
    options: {
      directusUrl: process.env.DIRECTUS_URL,
      secret: process.env.${answers.trust === "secret" ? "MEDUSA_SYNC_SECRET" : "MEDUSA_SECRET_API"},
    },
  },
],`

/** The lines of Directus's own `.env`. */
export function directusLines({ medusaUrl, directusUrl, trust, secret, medusaKey }: Answers): [string, string][] {
  return trust === "secret"
    ? [
        ["MEDUSA_URL", medusaUrl],
        ["MEDUSA_SYNC_SECRET", secret ?? ""],
      ]
    : [
        ["MEDUSA_URL", medusaUrl],
        ["NEXT_PUBLIC_DIRECTUS_URL", directusUrl],
        ["MEDUSA_SECRET_API", medusaKey ?? "sk_…"],
      ]
}

/** The lines of `.env` here, which Medusa and this program read. */
export function ownLines({ medusaUrl, directusUrl, secret, medusaKey, directusToken }: Answers): [string, string][] {
  const lines: [string, string | null][] = [
    ["MEDUSA_URL", medusaUrl],
    ["DIRECTUS_URL", directusUrl],
    ["MEDUSA_SYNC_SECRET", secret],
    ["MEDUSA_SECRET_API", medusaKey],
    ["DIRECTUS_TOKEN", directusToken],
  ]
  return lines.filter((line): line is [string, string] => line[1] !== null)
}
