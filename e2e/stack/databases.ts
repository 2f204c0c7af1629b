import pg from "pg"

/** The connection string of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function runSql(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on("error", () => {})
  await client.connect()
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

export async function hasDatabase(serverUrl: string, name: string): Promise<boolean> {
  return (await runSql(serverUrl, "select 1 from pg_database where datname = $1", [name])).length > 0
}

/** A fresh copy of a template. @returns its connection string */
export async function cloneDatabase(serverUrl: string, template: string, name: string): Promise<string> {
  await runSql(serverUrl, `drop database if exists "${name}" with (force)`)
  await runSql(serverUrl, `create database "${name}" template "${template}"`)
  return databaseUrl(serverUrl, name)
}

/** Directus's DB_* variables for a connection string. */
export function directusDatabase(url: string): Record<string, string> {
  const { hostname, port, pathname, username, password } = new URL(url)
  return {
    DB_CLIENT: "pg",
    DB_HOST: hostname,
    DB_PORT: port,
    DB_DATABASE: pathname.slice(1),
    DB_USER: username,
    DB_PASSWORD: `string:${password}`,
  }
}
