import { expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition, FieldDefinition } from "../src/mapping/entity.ts"

const OPTIONAL = new Set(["type", "tag"])

const code = (text: string | null): string => (text === null ? "" : `\`${text}\``)

function whoMayChange({ name, medusa, directus, owner }: FieldDefinition): string {
  if (medusa === null) return "Directus alone has it"
  if (directus === null) return "Medusa alone has it"
  if (owner === "medusa")
    return name === "prices" ? "Medusa; in Directus with a new product" : "Medusa; in Directus while it is new"
  return owner === "directus" ? "Directus; in Medusa while it is new" : "both"
}

function whatItHolds({ type, to, translates }: FieldDefinition): string {
  if (translates)
    return `with [translations](configuration.md#translations): ${translates.fields.join(", ")}${translates.options ? ", option titles and values" : ""}`
  return to === undefined ? type : `${type} to ${to}`
}

function whenDeleted({ archive, deletes }: EntityDefinition, side: Side): string {
  const policy = deletes[side]
  return policy === "archive" && archive ? `\`archive\`: ${archive.field} = ${String(archive[side])}` : `\`${policy}\``
}

function section(entity: EntityDefinition): string {
  const keys = entity.matchKeys.map(({ field, within }) => (within === null ? field : `${field} within its ${within}`))
  const rows = [...entity.fields.values()].map((field) => [
    field.name,
    code(field.medusa),
    `${code(field.directus)}${field.file === undefined ? "" : `, or the file in ${code(field.file)}`}`,
    whatItHolds(field),
    whoMayChange(field),
  ])
  return [
    `## ${entity.name} ⇄ \`${entity.collection}\`${OPTIONAL.has(entity.name) ? " (off by default)" : ""}`,
    "",
    `- paired by: ${keys.join(", else ")}`,
    ...(entity.parent === null ? [] : [`- part of: ${entity.parent}`]),
    `- deleted in Medusa, Directus does: ${whenDeleted(entity, "directus")}`,
    `- deleted in Directus, Medusa does: ${whenDeleted(entity, "medusa")}`,
    "",
    "| field | Medusa | Directus | holds | who may change it |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n")
}

const INTRODUCTION = `# Kinds and their defaults

Every line can be changed in the [mapping](configuration.md#the-mapping). This page is made from the declarations in
\`packages/core/src/mapping/kinds\`, and a test holds it to them.
`

it("docs/kinds.md says what is declared", async () => {
  const { entities } = resolveConfig({ type: true, tag: true, translations: { locales: { "de-DE": "de" } } })
  const order = ["product", "variant", "image", "category", "collection", "type", "tag"]
  const sections = order.map((name) => section(entities.get(name) as EntityDefinition))
  await expect([INTRODUCTION, ...sections].join("\n")).toMatchFileSnapshot("../../../docs/kinds.md")
})
