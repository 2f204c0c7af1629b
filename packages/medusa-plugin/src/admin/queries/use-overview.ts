import { useQuery } from "@tanstack/react-query"
import type { Overview } from "../../operate/overview"
import { read } from "../sdk"

/** Problems appear and go by themselves. */
export const useOverview = () =>
  useQuery({
    queryKey: ["directus", "overview"],
    queryFn: () => read<{ overview: Overview }>("overview"),
    select: ({ overview }) => overview,
    refetchInterval: ({ state }) => (state.data?.overview.backfill?.state === "running" ? 1_000 : 5_000),
  })
