import type { FieldLook, SectionLook } from "./look"

export const shippingFields: Record<string, FieldLook> = {
  material: { names: ["Material", "Material"] },
  weight: { names: ["Weight", "Gewicht"] },
  length: { names: ["Length", "Länge"] },
  width: { names: ["Width", "Breite"] },
  height: { names: ["Height", "Höhe"] },
  hs_code: { names: ["HS code", "Zolltarifnummer (HS)"], note: "Customs tariff number (Harmonized System)." },
  mid_code: { names: ["MID code", "Herstellercode (MID)"], note: "Manufacturer identification code." },
  origin_country: {
    names: ["Country of origin", "Ursprungsland"],
    note: "Two letters, e.g. de.",
    options: { placeholder: "de", softLength: 2 },
  },
}

export const shippingSection = (names: SectionLook["names"]): SectionLook => ({
  section: "section_shipping",
  names,
  icon: "local_shipping",
  open: false,
  fields: ["weight", "length", "width", "height", "material", "origin_country", "hs_code", "mid_code"],
})
