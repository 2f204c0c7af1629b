import pg from "pg"

/** Milliseconds between looks: the figures are no finer than that. */
const LOOK = 2

interface Awaited {
  id: string
  number: number
  arrived: () => void
}

const numberIn = (title: string): number => Number(/\d+$/.exec(title)?.[0] ?? -1)

/**
 * Sees by SQL when a row has a title that ends in a number, or in a later one: of edits that follow each other fast some
 * travel together. Over one connection: a host that is asked again and again has less time for its work.
 */
export class Watch {
  readonly #client: pg.Client
  readonly #find: string
  readonly #awaited = new Set<Awaited>()
  #looking: Promise<void> | null = null

  private constructor(client: pg.Client, table: string) {
    this.#client = client
    this.#find = `select id, title from ${table} where id = any($1)`
  }

  static async over(databaseUrl: string, table: string): Promise<Watch> {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    return new Watch(client, table)
  }

  seen(id: string, number: number): Promise<void> {
    const seen = new Promise<void>((arrived) => this.#awaited.add({ id, number, arrived }))
    this.#looking ??= this.#look().finally(() => (this.#looking = null))
    return seen
  }

  async #look(): Promise<void> {
    while (this.#awaited.size > 0) {
      const ids = [...new Set([...this.#awaited].map(({ id }) => id))]
      const { rows } = await this.#client.query<{ id: string; title: string }>(this.#find, [ids])
      const numbers = new Map(rows.map(({ id, title }) => [id, numberIn(title)]))
      for (const awaited of this.#awaited) {
        if ((numbers.get(awaited.id) ?? -1) < awaited.number) continue
        this.#awaited.delete(awaited)
        awaited.arrived()
      }
      await new Promise((wake) => setTimeout(wake, LOOK))
    }
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}
