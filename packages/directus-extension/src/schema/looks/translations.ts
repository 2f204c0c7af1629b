import type { FieldLook, SectionLook } from "./look"

/** Of every kind that has texts in other languages. */
export const translationsField: FieldLook = {
  names: ["Texts in other languages", "Texte in anderen Sprachen"],
  note: "Each text is in sync with Medusa by itself. The shop shows one only where the original has a text too.",
}

export const translationsSection: SectionLook = {
  section: "section_translations",
  names: ["Translations", "Übersetzungen"],
  icon: "translate",
  open: true,
  fields: ["translations"],
}

const column = (field: string, name: string, placeholder: string) => ({
  field,
  name,
  type: "string",
  meta: { interface: "input", width: "half", required: true, options: { placeholder } },
})

export const optionTitles: FieldLook = {
  names: ["Option titles", "Namen der Optionen"],
  width: "full",
  interface: "list",
  note: "On the left the option as the product has it, on the right its name in this language.",
  options: {
    template: "{{ name }} → {{ value }}",
    addLabel: "Translate an option",
    fields: [column("name", "Option", "Size"), column("value", "In this language", "Größe")],
  },
}

export const optionValues: FieldLook = {
  names: ["Option values", "Werte der Optionen"],
  width: "full",
  interface: "list",
  note: "First the option and its value as the product has them, then the value in this language.",
  options: {
    template: "{{ option }}: {{ name }} → {{ value }}",
    addLabel: "Translate a value",
    fields: [
      column("option", "Option", "Size"),
      column("name", "Value", "Small"),
      column("value", "In this language", "Klein"),
    ],
  },
}
