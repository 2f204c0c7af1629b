import { useQuery } from "@tanstack/react-query"
import type { JobKinds, WalkKind } from "medusa-directus-core/host"
import { useEffect, useRef } from "react"
import type { ToldJob } from "../../operate/overview"
import { read, send } from "../sdk"
import { useAct } from "./use-act"

/** While it is under way people watch it; otherwise somebody else may have started one. */
const SOON = 700
const CALM = 15_000

/**
 * Work on the whole catalogue: the last job of its kind, which goes on when nobody looks.
 *
 * @param ended - called when one ends that was under way while this page was open
 */
export function useJob<Kind extends WalkKind>(kind: Kind, ended?: (job: ToldJob<Kind>) => void) {
  const { data, error, refetch } = useQuery({
    queryKey: ["directus", "job", kind],
    queryFn: () => read<{ job: ToldJob<Kind> | null }>(`jobs/${kind}`),
    refetchInterval: ({ state }) => (state.data?.job?.state === "running" ? SOON : CALM),
  })
  const job = data?.job ?? null
  const start = useAct((parameters: JobKinds[Kind]["parameters"]) =>
    send(`jobs/${kind}`, { action: "start", ...parameters }),
  )
  const cancel = useAct(() => send(`jobs/${kind}`, { action: "cancel" }))
  const watched = useRef<string | null>(null)
  useEffect(() => {
    if (job?.state === "running") watched.current = job.id
    else if (job && watched.current === job.id) {
      watched.current = null
      ended?.(job)
    }
  }, [job, ended])
  return { job, isRunning: job?.state === "running", error, refetch, start, cancel }
}
