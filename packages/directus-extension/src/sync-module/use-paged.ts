import { reactive, ref, watch, type Ref } from "vue"
import { useLoad } from "../studio/use-load"

interface PageOf<T> {
  rows: T[]
  total: number
}

export interface ShownPage<T> {
  data: PageOf<T> | null
  error: string | null
  loading: boolean
  /** From 1; to change it loads the page. */
  page: number
  limit: number
  load(): Promise<void>
}

const LIMIT = 25

/** One page of a list of the server's, with its filter; a change of the filter goes back to the first page. */
export function usePaged<T>(path: string, filter: Ref<Record<string, string>>): ShownPage<T> {
  const page = ref(1)
  const loaded = useLoad(async (api): Promise<PageOf<T>> => {
    const chosen = Object.entries(filter.value).filter(([, value]) => value !== "")
    const params = { ...Object.fromEntries(chosen), page: page.value, limit: LIMIT }
    const { data } = await api.get<{ data: T[]; meta: { total: number } }>(path, { params })
    const last = Math.max(1, Math.ceil(data.meta.total / LIMIT))
    if (page.value > last) page.value = last
    return { rows: data.data, total: data.meta.total }
  })
  watch(filter, () => {
    if (page.value === 1) void loaded.load()
    else page.value = 1
  })
  watch(page, () => void loaded.load())
  return reactive({ ...loaded, page, limit: LIMIT }) as ShownPage<T>
}
