/** Groups in order of first appearance. */
export function groupBy<T, K = string>(items: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** The last item of each key. */
export function indexBy<K, T>(items: T[], keyOf: (item: T) => K): Map<K, T> {
  const index = new Map<K, T>()
  for (const item of items) index.set(keyOf(item), item)
  return index
}
