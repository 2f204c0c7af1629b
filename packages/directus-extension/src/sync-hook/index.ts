import type { EventContext } from "@directus/types"
import { defineHook } from "@directus/extensions-sdk"
import { dialectOf } from "../adapters/dialect"
import { liveEmitter } from "../adapters/live-emitter"
import { makeLog } from "../log"
import { readOptions } from "../options"
import { sharedState } from "../shared-state"
import { makeSync } from "../sync"
import { makeCapture } from "./capture"
import { makeMarker, type Captured } from "./mark-dirty"

/** Wiring only, and synchronous: what is registered later is not unregistered at a reload, and CLI commands load this too. */
export default defineHook(({ filter, action, schedule }, context) => {
  const log = makeLog(context)
  const marker = makeMarker(log)
  let captured: Captured | null | undefined
  const capture = makeCapture(
    () => (captured === undefined ? (captured = readCaptured(context)) : captured),
    marker,
    log,
  )

  const after = (name: "create" | "update" | "delete") => (meta: Record<string, unknown>, event: EventContext) => {
    void capture.afterwards(name, meta, event).catch(() => undefined)
  }
  const onUpdate = after("update")
  let bus: unknown
  const sync = makeSync({
    context,
    log,
    emitter: () => liveEmitter(bus, onUpdate, log),
    ready: () => marker.ready(),
  })

  filter("activity.create", capture.activity)
  filter("items.create", capture.create)
  filter("items.update", capture.update)
  filter("items.delete", capture.remove)
  action("items.create", after("create"))
  action("items.update", onUpdate)
  action("items.delete", after("delete"))

  action("server.start", () => {
    sharedState().serving = true
    void sync.start()
  })
  const onLoaded = (emitter: unknown) => {
    bus = emitter
    if (sharedState().serving) void sync.start()
  }
  // Emitted right after the registration. After a reload no server.start follows; a CLI command serves nothing.
  action("extensions.load", function (this: unknown) {
    onLoaded(this)
  })
  // Schedules do not run in CLI commands: a tick means that a server is up, also when the extension was installed into it.
  schedule("* * * * *", () => sync.tick())
})

function readCaptured({ env, database }: Parameters<Parameters<typeof defineHook>[0]>[1]): Captured | null {
  const { config } = readOptions(env)
  const dialect = dialectOf(database)
  if (!config || !dialect) return null
  const byCollection = new Map([...config.entities.values()].map((entity) => [entity.collection, entity]))
  return { dialect, entityOf: (collection) => byCollection.get(collection) }
}
