import pg from "pg"

/** Milliseconds between looks: the figures are no finer than that. */
const LOOK = 2

/**
 * Sees by SQL when a text is in a table, over one connection: a host that is asked again and again has less time for its
 * work.
 */
export class Watch {
  readonly #client: pg.Client
  readonly #find: string
  readonly #waiting = new Map<string, () => void>()
  #looking: Promise<void> | null = null

  private constructor(client: pg.Client, table: string) {
    this.#client = client
    this.#find = `select title from ${table} where title = any($1)`
  }

  static async over(databaseUrl: string, table: string): Promise<Watch> {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    return new Watch(client, table)
  }

  /** Ends when some row has this title. */
  seen(title: string): Promise<void> {
    const seen = new Promise<void>((resolve) => this.#waiting.set(title, resolve))
    this.#looking ??= this.#look().finally(() => (this.#looking = null))
    return seen
  }

  async #look(): Promise<void> {
    while (this.#waiting.size > 0) {
      const { rows } = await this.#client.query<{ title: string }>(this.#find, [[...this.#waiting.keys()]])
      for (const { title } of rows) {
        this.#waiting.get(title)?.()
        this.#waiting.delete(title)
      }
      await new Promise((wake) => setTimeout(wake, LOOK))
    }
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}
