import type { ActionEventParams } from "@directus/types"
import type { Logger } from "medusa-directus-core/host"
import { sharedState } from "../shared-state"

/** The part of Directus's own action emitter (eventemitter2) that is used. */
interface ActionEmitter {
  listeners(event: string): unknown[]
  emitAsync(event: string, meta: unknown, context: unknown): Promise<unknown>
}

export interface LiveEmitter {
  /** Tells hooks and Flows, as ItemsService would have done. */
  emit(events: ActionEventParams[]): void
  /** Is this copy of the bundle still registered? A reload leaves its timers running. */
  isRegistered(): boolean
}

const isEmitter = (value: unknown): value is ActionEmitter =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { listeners?: unknown }).listeners === "function" &&
  typeof (value as { emitAsync?: unknown }).emitAsync === "function"

/**
 * The emitter that the host's hooks and Flows listen to. An extension is only given a local one (12.4), but eventemitter2
 * calls an action's listener with itself as `this`, whatever the layout of node_modules is.
 *
 * @param candidate - what a listener of this copy was called on.
 * @param probe - a handler that this copy registered for the action `items.update`: it proves that the emitter is the live one.
 * @returns `null` when it is another thing: then actions fire inside the transaction of an apply.
 */
export function liveEmitter(candidate: unknown, probe: unknown, log: Logger): LiveEmitter | null {
  if (!isEmitter(candidate)) return null
  const isRegistered = (): boolean => candidate.listeners("items.update").includes(probe)
  if (!isRegistered()) return null
  return { isRegistered, emit: (events) => emitOwn(candidate, events, log) }
}

/** Listeners are called synchronously, so our own can tell an apply's events from what others do in answer to them. */
function emitOwn(emitter: ActionEmitter, events: ActionEventParams[], log: Logger): void {
  const shared = sharedState()
  const failed = (name: string) => log.warn(`A hook or Flow that listens to ${name} failed.`)
  for (const { event, meta, context } of events) {
    for (const name of Array.isArray(event) ? event : [event]) {
      shared.emittingOwn = true
      try {
        emitter.emitAsync(name, { event: name, ...meta }, context).catch(() => failed(name))
      } catch {
        failed(name)
      } finally {
        shared.emittingOwn = false
      }
    }
  }
}
