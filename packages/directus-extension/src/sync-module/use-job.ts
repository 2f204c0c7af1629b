import type { Job, JobKinds, WalkKind } from "medusa-directus-core/host"
import { computed, watch, type ComputedRef, type Ref } from "vue"
import { useAction, useLoad } from "../studio/use-load"

/** While it is under way people watch it; otherwise somebody else may have started one. */
const SOON = 700
const CALM = 15_000

interface WatchedJob<Kind extends WalkKind> {
  job: Ref<Job<Kind> | null>
  running: ComputedRef<boolean>
  busy: Ref<boolean>
  /** Why it cannot be read, started or cancelled. */
  error: ComputedRef<string | null>
  start(parameters?: JobKinds[Kind]["parameters"]): Promise<void>
  cancel(): Promise<void>
}

/**
 * Work on the whole catalogue: the last job of its kind, which goes on when nobody looks.
 *
 * @param ended - called when one ends that was under way while this page was open.
 */
export function useJob<Kind extends WalkKind>(kind: Kind, ended?: (job: Job<Kind>) => void): WatchedJob<Kind> {
  const path = `/medusa-sync/jobs/${kind}`
  const {
    data: job,
    error: unread,
    load,
  } = useLoad<Job<Kind> | null>(
    async (api) => (await api.get<{ data: Job<Kind> | null }>(path)).data.data,
    (last) => (last?.state === "running" ? SOON : CALM),
  )
  const { busy, error: refused, run } = useAction()
  async function send(body: object): Promise<void> {
    await run(async (api) => {
      job.value = (await api.post<{ data: Job<Kind> }>(path, body)).data.data
    })
    await load()
  }
  watch(job, (now, before) => {
    if (now && before?.state === "running" && now.state !== "running" && now.id === before.id) ended?.(now)
  })
  return {
    job,
    running: computed(() => job.value?.state === "running"),
    busy,
    error: computed(() => refused.value ?? unread.value),
    start: (parameters) => send({ action: "start", ...parameters }),
    cancel: () => send({ action: "cancel" }),
  }
}
