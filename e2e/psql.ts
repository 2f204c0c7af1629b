import { escapeLiteral } from "pg"

/**
 * The statements of a file that is written for psql, one by one: `create database` stands in no transaction. Of psql's own
 * language it knows `\getenv` and `:'name'`.
 *
 * @throws Error at anything else of psql's, and at a variable that is not set.
 */
export function statementsOf(text: string, environment: Record<string, string>): string[] {
  const variables = new Map<string, string>()
  const sql: string[] = []
  for (const line of text.split("\n")) {
    if (line.startsWith("--")) continue
    const [, name, from] = /^\\getenv (\w+) (\w+)$/.exec(line) ?? []
    if (name !== undefined && from !== undefined) {
      const value = environment[from]
      if (value === undefined) throw new Error(`${from} is not set.`)
      variables.set(name, value)
    } else if (line.startsWith("\\")) throw new Error(`This is not understood: ${line}`)
    else sql.push(line)
  }
  const filled = sql.join("\n").replace(/:'(\w+)'/g, (_, name: string) => {
    const value = variables.get(name)
    if (value === undefined) throw new Error(`:'${name}' has no value.`)
    return escapeLiteral(value)
  })
  return filled
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean)
}
