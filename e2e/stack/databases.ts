import pg from "pg"

/** The connection string of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

type RunSql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

/** Runs work in one session. */
export async function connected<T>(url: string, work: (run: RunSql) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on("error", () => {})
  await client.connect()
  try {
    return await work(async (text, values = []) => (await client.query(text, values)).rows as Record<string, unknown>[])
  } finally {
    await client.end()
  }
}

export function runSql(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return connected(url, (run) => run(text, values))
}

/** Runs statements in one transaction, which is over when `work` is. */
export function inTransaction<T>(url: string, work: (run: RunSql) => Promise<T>): Promise<T> {
  return connected(url, async (run) => {
    await run("begin")
    const done = await work(run)
    await run("commit")
    return done
  })
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
