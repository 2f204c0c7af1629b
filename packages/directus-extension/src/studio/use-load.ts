import { useApi } from "@directus/extensions-sdk"
import { onScopeDispose, ref, type Ref } from "vue"

/** What Directus answers on an error. */
interface Refusal {
  response?: { data?: { errors?: { message?: string }[] }; status?: number }
  message?: string
}

/** The server's own words: they say what to do. */
export function refusalText(error: unknown): string {
  const { response, message } = error as Refusal
  return response?.data?.errors?.[0]?.message ?? message ?? "unknown error"
}

export interface Loaded<T> {
  data: Ref<T | null>
  error: Ref<string | null>
  loading: Ref<boolean>
  load(): Promise<void>
}

/**
 * Reads something of the server's; the newest answer counts.
 *
 * @param every - milliseconds between looks, which may depend on what was read last; 0 = once.
 */
export function useLoad<T>(
  read: (api: ReturnType<typeof useApi>) => Promise<T>,
  every: number | ((data: T | null) => number) = 0,
): Loaded<T> {
  const api = useApi()
  const data = ref(null) as Ref<T | null>
  const error = ref<string | null>(null)
  const loading = ref(false)
  let turn = 0
  async function load(): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const answer = await read(api)
      if (mine !== turn) return
      data.value = answer
      error.value = null
    } catch (refused) {
      if (mine === turn) error.value = refusalText(refused)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  void load()
  if (every !== 0) {
    const next = () => setTimeout(look, typeof every === "number" ? every : every(data.value))
    const look = () => {
      if (document.visibilityState === "visible" && !loading.value) void load()
      timer = next()
    }
    let timer = next()
    onScopeDispose(() => clearTimeout(timer))
  }
  return { data, error, loading, load }
}

export interface Action {
  busy: Ref<boolean>
  error: Ref<string | null>
  /** @returns whether it went well; if not, `error` says why. */
  run(work: (api: ReturnType<typeof useApi>) => Promise<unknown>): Promise<boolean>
}

/** One thing at a time that changes something on the server. */
export function useAction(): Action {
  const api = useApi()
  const busy = ref(false)
  const error = ref<string | null>(null)
  return {
    busy,
    error,
    async run(work) {
      if (busy.value) return false
      busy.value = true
      error.value = null
      try {
        await work(api)
        return true
      } catch (refused) {
        error.value = refusalText(refused)
        return false
      } finally {
        busy.value = false
      }
    },
  }
}
