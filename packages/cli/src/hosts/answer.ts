import type { Side } from "medusa-directus-core/host"

export const NAMES: Record<Side, string> = { medusa: "Medusa", directus: "Directus" }

/** What a request came to. */
export type Answer =
  { kind: "network"; code: string } | { kind: "http"; status: number; headers: Headers; text: string; json: unknown }

/** What a host says in its own words: Medusa `{ message }`, Directus `{ errors: [{ message, extensions: { code } }] }`. */
export function wordsOf(json: unknown): { message: string | null; code: string | null } {
  const at = (value: unknown, key: string | number): unknown =>
    typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined
  const error = at(at(json, "errors"), 0)
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null)
  return {
    message: text(at(error, "message")) ?? text(at(json, "message")),
    code: text(at(at(error, "extensions"), "code")) ?? text(at(json, "type")),
  }
}
