import { toast } from "@medusajs/ui"
import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import type { RecordState } from "../../operate/record-state"
import { useWords } from "../words/use-words"

/**
 * Has Medusa's own page read again what Directus has changed while it is open. What somebody is typing in a drawer stays.
 */
export function useFresh(state: RecordState | undefined): void {
  const { t } = useWords()
  const client = useQueryClient()
  const known = useRef<{ record: string; rev: number } | null>(null)
  const rev = state?.sides?.revs.peer
  const record = state && `${state.entity} ${state.id}`
  useEffect(() => {
    if (rev === undefined || record === undefined) return
    const before = known.current
    known.current = { record, rev }
    if (before?.record !== record || rev <= before.rev) return
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "directus" })
    toast.info(t("explain.changed"))
  }, [record, rev, client, t])
}
