import * as z from "zod/mini"
import { explain } from "../hosts/explain.ts"
import { makeCall, readAnswer } from "../hosts/host.ts"
import type { Directus } from "../hosts/directus.ts"

/** One change in Directus's form: `N` new, `D` deleted, else changed. */
const changeShape = z.looseObject({
  collection: z.string(),
  field: z.optional(z.string()),
  diff: z.array(z.looseObject({ kind: z.string(), path: z.optional(z.array(z.unknown())) })),
})
const diffShape = z.object({
  hash: z.string(),
  diff: z.looseObject({
    collections: z.array(changeShape),
    fields: z.array(changeShape),
    relations: z.array(changeShape),
  }),
})

export type SchemaDiff = z.infer<typeof diffShape>
export type SchemaChange = z.infer<typeof changeShape>

/** The whole schema as YAML, the form of `directus schema snapshot`. @throws Problem */
export async function readSnapshot({ side, url, ask }: Directus): Promise<string> {
  const path = "/schema/snapshot?export=yaml"
  const answer = await ask(path)
  if (answer.kind === "http" && answer.status === 200) return answer.text
  throw explain({ side, url }, path, answer)
}

/**
 * What has to change for Directus to be as the snapshot; `null` when it is.
 *
 * @param force - also when the snapshot is of another version of Directus or another database.
 * @throws Problem
 */
export async function diffSnapshot(
  { side, url, ask }: Directus,
  file: { name: string; text: string },
  { force }: { force: boolean },
): Promise<SchemaDiff | null> {
  const form = new FormData()
  const isJson = file.name.endsWith(".json")
  form.append("file", new Blob([file.text], { type: isJson ? "application/json" : "text/yaml" }), file.name)
  const path = `/schema/diff${force ? "?force=true" : ""}`
  const answer = await ask(path, { method: "POST", body: form })
  if (answer.kind === "http" && answer.status === 204) return null
  return readAnswer({ side, url }, path, z.object({ data: diffShape }), answer).data
}

/** @throws Problem */
export async function applyDiff({ side, url, ask }: Directus, diff: SchemaDiff, force: boolean): Promise<void> {
  await makeCall(side, url, ask)(z.unknown(), `/schema/apply${force ? "?force=true" : ""}`, {
    method: "POST",
    body: JSON.stringify(diff),
  })
}
