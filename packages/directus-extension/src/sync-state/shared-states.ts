import type { makeStates } from "./ask-states"

type Ask = ReturnType<typeof makeStates>
let shared: Ask | null = null

/** One for all chips of the page. */
export function statesOf(make: () => Ask): Ask {
  shared ??= make()
  return shared
}
