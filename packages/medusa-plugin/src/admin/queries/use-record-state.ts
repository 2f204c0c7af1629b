import { keepPreviousData, useQuery } from "@tanstack/react-query"
import type { RecordState } from "../../operate/record-state"
import { read } from "../sdk"

/** While something is under way people watch it arrive. */
const SOON = 1_500
const CALM = 15_000

/** @param version - changes when the host's own page has changed the record */
export const useRecordState = (entity: string, id: string, version: unknown) =>
  useQuery({
    queryKey: ["directus", "state", entity, id, version],
    queryFn: () => read<{ state: RecordState }>(`states/${entity}/${encodeURIComponent(id)}`),
    select: ({ state }) => state,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.state.verdict === "waiting" ? SOON : CALM),
  })
