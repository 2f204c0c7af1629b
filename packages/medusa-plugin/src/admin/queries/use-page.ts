import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useSearchParams } from "react-router-dom"
import { read } from "../sdk"

export const PAGE_SIZE = 20

type Filters = Record<string, string | undefined>

/** One page of a list, whose number and filters are in the page's address so that Back and a link work. */
export function usePage<Row>(list: string, name: string, filters: Filters) {
  const [params, setParams] = useSearchParams()
  const index = Math.max(0, Number(params.get("page") ?? 1) - 1) || 0
  const query = useQuery({
    queryKey: ["directus", list, index, filters],
    queryFn: () =>
      read<Record<string, Row[]> & { count: number }>(list, {
        ...filters,
        limit: PAGE_SIZE,
        offset: index * PAGE_SIZE,
      }),
    select: ({ [name]: rows = [], count }) => ({ rows, count }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const set = (changes: Filters): void =>
    setParams((before) => {
      const next = new URLSearchParams(before)
      for (const [key, value] of Object.entries(changes))
        if (value) next.set(key, value)
        else next.delete(key)
      return next
    })
  return {
    query,
    index,
    toPage: (to: number) => set({ page: to > 0 ? String(to + 1) : undefined }),
    /** The first page of what a changed filter finds. */
    filterBy: (changes: Filters) => set({ ...changes, page: undefined }),
  }
}
