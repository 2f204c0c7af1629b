import type { Logger } from "medusa-directus-core/host"
import type { Dialect } from "../database/dialect"
import type { LiveEmitter } from "../items/live-emitter"
import type { Reader } from "../items/read-rows"
import type { HostContext } from "../host-context"

export interface ImportParts {
  context: HostContext
  dialect: Dialect
  /** Made anew for each step: fields may change meanwhile. */
  reader: () => Promise<Reader>
  /** `null`: events leave inside the transaction. */
  emitter: LiveEmitter | null
  /** When true, this copy of the bundle takes no more work. */
  isReplaced: () => boolean
  log: Logger
}
