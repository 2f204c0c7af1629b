const GAP = "  "

/** Aligned columns; a head in the first row. Cells are cut to `widest`. */
export function formatTable(rows: readonly (readonly string[])[], widest = 48): string[] {
  const cells = rows.map((row) => row.map((cell) => cut(cell, widest)))
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
}

/** On one line, and no longer than that. */
export function cut(text: string, widest: number): string {
  const line = text.replaceAll(/\s+/g, " ")
  return line.length <= widest ? line : `${line.slice(0, widest - 1)}…`
}
