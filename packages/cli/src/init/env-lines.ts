/** What `init` writes: names and values, in this order. */
export type Lines = readonly (readonly [name: string, value: string])[]

export interface Written {
  text: string
  added: string[]
  changed: string[]
  kept: string[]
}

const lineOf = (name: string): RegExp => new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, "m")

/** Nothing stands behind the name, as in a file that was copied from an example. */
const isEmpty = (line: string): boolean => /=[ \t]*(?:''|""|string:)?[ \t]*$/.test(line)

/** In a pair of quotes that the value does not hold: nothing in it is escaped, since readers differ in what they unescape. */
function quoted(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value
  const quote = ["'", '"', "`"].find((mark) => !value.includes(mark)) ?? "'"
  return `${quote}${value}${quote}`
}

/**
 * The file with these lines in it. What is there stays as it is, comments too, unless `replace` is set or it is empty.
 *
 * @param text - the file as it was; empty when there is none.
 */
export function withLines(text: string, lines: Lines, replace: boolean): Written {
  const written: Written = { text, added: [], changed: [], kept: [] }
  const fresh: string[] = []
  for (const [name, value] of lines) {
    const line = `${name}=${quoted(value)}`
    const before = lineOf(name).exec(written.text)?.[0]
    if (before === undefined) {
      fresh.push(line)
      written.added.push(name)
    } else if (isEmpty(before)) {
      written.text = written.text.replace(lineOf(name), () => line)
      written.added.push(name)
    } else if (before.trim() === line || !replace) written.kept.push(name)
    else {
      written.text = written.text.replace(lineOf(name), () => line)
      written.changed.push(name)
    }
  }
  if (fresh.length > 0) {
    const gap = written.text === "" ? "" : written.text.endsWith("\n") ? "\n" : "\n\n"
    written.text += `${gap}# Medusa and Directus in sync\n${fresh.join("\n")}\n`
  }
  return written
}
