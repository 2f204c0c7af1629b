import type { EventContext } from "@directus/types"
import { appendAllMarks } from "../items/append-marks"
import { sharedState } from "../shared-state"
import type { CapturedIn } from "./captured"
import type { Marker } from "./mark-dirty"

/**
 * After `POST /utils/sort/<collection>`, which moves rows by plain SQL and tells one of them: where the sort field is
 * mapped, each row of the collection may have changed.
 */
export async function captureSort(
  capturedIn: CapturedIn,
  marker: Marker,
  meta: Record<string, unknown>,
  { schema, database }: EventContext,
): Promise<void> {
  const captured = capturedIn(schema)
  const kind = captured?.kinds.heldBy(String(meta["collection"]))
  const sorted = kind && schema?.collections[kind.stored.name]?.sortField
  if (!kind || !sorted || !kind.stored.columns.has(sorted) || !(await marker.isReady(database))) return
  await appendAllMarks(database, kind.entity.name, kind.stored, Date.now())
  sharedState().sync?.wake()
}
