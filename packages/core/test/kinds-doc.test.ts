import { expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition, FieldDefinition } from "../src/mapping/entity.ts"

const OPTIONAL = new Set(["type", "tag"])

const code = (text: string | null): string => (text === null ? "" : `\`${text}\``)

function whoMayChange({ name, medusa, directus, owner }: FieldDefinition): string {
  if (medusa === null) return "only Directus has it"
  if (directus === null) return "only Medusa has it"
  if (owner === "medusa")
    return name === "prices"
      ? "Medusa; Directus only with a new product"
      : "Medusa; Directus only while the record is new"
  return owner === "directus" ? "Directus; Medusa only while the record is new" : "both"
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
    `- paired by: ${keys.join(", otherwise ")}`,
    ...(entity.parent === null ? [] : [`- part of: ${entity.parent}`]),
    `- when Medusa deletes it, in Directus: ${whenDeleted(entity, "directus")}`,
    `- when Directus deletes it, in Medusa: ${whenDeleted(entity, "medusa")}`,
    "",
    "| field | Medusa | Directus | type | who may change it |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n")
}

const INTRODUCTION = `# Kinds and their defaults

You can change every line in the [mapping](configuration.md#the-mapping). For the four words of a deletion, see
[deleted on one side](configuration.md#deleted-on-one-side). This page is generated from the declarations in
\`packages/core/src/mapping/kinds\`, and a test fails when the two differ.
`

it("docs/kinds.md says what is declared", async () => {
  const { entities } = resolveConfig({ type: true, tag: true, translations: { locales: { "de-DE": "de" } } })
  const order = ["product", "variant", "image", "category", "collection", "type", "tag"]
  const sections = order.map((name) => section(entities.get(name) as EntityDefinition))
  await expect([INTRODUCTION, ...sections].join("\n")).toMatchFileSnapshot("../../../docs/kinds.md")
})
