import { ref, watch, type Ref } from "vue"
import type { RecordState } from "medusa-directus-core/host"

/**
 * Does the form show another state of the item than the database has, because Medusa has changed it since?
 *
 * @param opened - what begins anew when the form reads its item again.
 */
export function useChanged(opened: () => unknown[], item: Ref<Pick<RecordState, "revs"> | null>): Ref<boolean> {
  const changed = ref(false)
  let known: number | null = null
  watch(opened, () => {
    changed.value = false
    known = null
  })
  watch(item, (now) => {
    if (!now) return
    if (known !== null && now.revs.peer > known) changed.value = true
    known ??= now.revs.peer
  })
  return changed
}
