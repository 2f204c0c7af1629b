import { KEY, tracking, type KindLook } from "./look"

const label = (rest: Pick<KindLook, "icon" | "place" | "note" | "en" | "de">): KindLook => ({
  ...rest,
  template: "{{value}}",
  layout: ["value", tracking()],
  fields: {
    value: { names: ["Name", "Name"], required: true, width: "full" },
    archived: { names: ["Archived", "Archiviert"], hidden: true },
  },
  lists: {},
  table: { columns: { value: 400, [KEY]: 140 }, sort: "value" },
})

export const type = label({
  icon: "label",
  place: 4,
  note: "Product types of the shop, in sync with Medusa. A product names its type.",
  en: ["Product types", "type", "types"],
  de: ["Produkttypen", "Produkttyp", "Produkttypen"],
})

export const tag = label({
  icon: "local_offer",
  place: 5,
  note: "Product tags of the shop, in sync with Medusa. A product names its tags.",
  en: ["Product tags", "tag", "tags"],
  de: ["Produkt-Schlagwörter", "Schlagwort", "Schlagwörter"],
})
