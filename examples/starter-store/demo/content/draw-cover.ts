type Cover = { ground: string; shade: string; cloth: string; light: string; parts: string }

const sleeved = (length: number): string => {
  const hem = 250 + length
  return [
    `M225 150 L150 190 L${String(95 - length / 6)} ${String(hem)} L${String(150 - length / 8)} ${String(hem + 28)} L188 268 L188 470 Q300 492 412 470 L412 268`,
    `L${String(450 + length / 8)} ${String(hem + 28)} L${String(505 + length / 6)} ${String(hem)} L450 190 L375 150 Q300 200 225 150 Z`,
  ].join(" ")
}

const legs = (length: number): string =>
  `M200 140 L400 140 L${String(415 + length / 14)} ${String(300 + length)} L${String(330 + length / 40)} ${String(312 + length)} L300 265 L${String(270 - length / 40)} ${String(312 + length)} L${String(185 - length / 14)} ${String(300 + length)} Z`

const covers: Record<string, Cover> = {
  "t-shirt": { ground: "#efe4cf", shade: "#e3d4b6", cloth: "#3d6b52", light: "#4d7f63", parts: sleeved(20) },
  sweatshirt: { ground: "#dbe7ec", shade: "#c6d8e0", cloth: "#a9532f", light: "#bd6741", parts: sleeved(165) },
  sweatpants: { ground: "#f1dcd8", shade: "#e6c8c2", cloth: "#6b7075", light: "#7d8388", parts: legs(180) },
  shorts: { ground: "#f5ecc8", shade: "#eadda6", cloth: "#2f5f8a", light: "#3f729f", parts: legs(70) },
}

/** A flat picture of a garment, so that the demo shows pictures without loading any. @throws Error for an unknown one */
export function drawCover(name: string): string {
  const cover = covers[name]
  if (!cover) throw new Error(`There is no cover "${name}".`)
  const { ground, shade, cloth, light, parts } = cover
  const isShirt = name.endsWith("shirt")
  const details = isShirt
    ? `<path d="M222 152 Q300 218 378 152 L366 147 Q300 196 234 147 Z" fill="${light}"/><path d="M188 452 Q300 474 412 452 L412 470 Q300 492 188 470 Z" fill="${light}"/>`
    : `<rect x="198" y="136" width="204" height="30" rx="8" fill="${light}"/><path d="M292 166 v42 M308 166 v36" stroke="${ground}" stroke-width="5" stroke-linecap="round"/><path d="M222 176 q6 44 -22 66 M378 176 q-6 44 22 66" stroke="${light}" stroke-width="6" fill="none" stroke-linecap="round"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600"><rect width="600" height="600" fill="${ground}"/><circle cx="300" cy="310" r="225" fill="${shade}"/><path d="${parts}" fill="${cloth}" stroke="${cloth}" stroke-width="10" stroke-linejoin="round"/>${details}</svg>`
}
