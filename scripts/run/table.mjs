/** @param {string[][]} lines the first one is the head */
export function printTable(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  const show = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`
  const [head, ...rest] = lines
  console.log(["", show(head), show(widths.map((width) => "-".repeat(width))), ...rest.map(show), ""].join("\n"))
}
