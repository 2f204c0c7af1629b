import type { ListedState } from "../sync-endpoint/item-state"

type Post = (path: string, body: unknown) => Promise<{ data: { data: Record<string, ListedState> } }>
type Answer = ListedState | null

interface Batch {
  items: Map<string, ((state: Answer) => void)[]>
}

/** Items of one request at most. */
const MOST = 500
/** Milliseconds: the rows of a list are drawn within that. */
const GATHER = 30

/**
 * Makes one request of all the rows of a list that ask at the same moment. One that fails answers `null`: a list is there
 * without its chips, too.
 */
export function makeStates(post: Post): (collection: string, item: string) => Promise<Answer> {
  const waiting = new Map<string, Batch>()

  async function ask(collection: string): Promise<void> {
    const { items } = waiting.get(collection) ?? { items: new Map<string, never>() }
    waiting.delete(collection)
    const ids = [...items.keys()]
    for (let at = 0; at < ids.length; at += MOST) {
      const some = ids.slice(at, at + MOST)
      let states: Record<string, ListedState> = {}
      try {
        states = (await post("/medusa-sync/states", { collection, items: some })).data.data
      } catch {
        // Without a right to it, or while the sync is off.
      }
      for (const id of some) for (const tell of items.get(id) ?? []) tell(states[id] ?? null)
    }
  }

  return (collection, item) =>
    new Promise((tell) => {
      let batch = waiting.get(collection)
      if (!batch) {
        batch = { items: new Map() }
        waiting.set(collection, batch)
        setTimeout(() => void ask(collection), GATHER)
      }
      batch.items.set(item, [...(batch.items.get(item) ?? []), tell])
    })
}
