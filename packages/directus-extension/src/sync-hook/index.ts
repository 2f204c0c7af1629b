import type { EventContext } from "@directus/types"
import { defineHook } from "@directus/extensions-sdk"
import type { Application } from "express"
import { liveEmitter } from "../items/live-emitter"
import { makeDraftGuard } from "../drafts/guard-drafts"
import { noteReviews } from "../drafts/reviewed"
import { makeLog } from "../log"
import { sharedState } from "../shared-state"
import { makeSync } from "../sync"
import { makeCapture } from "../capture/capture"
import { makeRelatedCapture } from "../capture/capture-related"
import { captureSort } from "../capture/capture-sort"
import { checkTyped } from "../capture/check-typed"
import { makeCaptured } from "../capture/captured"
import type { Action } from "../capture/dependents"
import { keepLanguages } from "../capture/keep-languages"
import { keepTakenOut } from "../capture/keep-taken-out"
import { makeMarker } from "../capture/mark-dirty"
import { unattended } from "../capture/unattended"

/** Wiring only, and synchronous: what is registered later is not unregistered at a reload, and CLI commands load this too. */
export default defineHook(({ filter, action, init, schedule }, context) => {
  const log = makeLog(context)
  const marker = makeMarker(log)
  const captured = makeCaptured(context.env, context.database)
  const capture = makeCapture(captured, makeRelatedCapture(marker, log), marker, log)
  const drafts = makeDraftGuard(captured, marker, log)

  const after = (name: Action) => (meta: Record<string, unknown>, event: EventContext) => {
    const what = `After an ${name} in ${String(meta["collection"] ?? "directus_files")} the sync could not look at what else it changed. The sweep finds it`
    unattended(log, what, capture.afterwards(name, meta, event))
  }
  const onUpdate = after("update")
  let bus: unknown
  const sync = makeSync({
    context,
    log,
    emitter: () => liveEmitter(bus, onUpdate, log),
    ready: () => marker.ready(),
  })

  init("routes.before", ({ app }) => noteReviews(app as Application))
  filter("versions.update", drafts.save)
  filter("items.promote", drafts.publish)
  filter("items.update", drafts.update)
  filter("activity.create", drafts.activity)
  action("items.promote", (meta, event) => void drafts.published(meta, event))
  action("versions.delete", (meta, event) => void drafts.deleted(meta, event))

  filter("activity.create", capture.activity)
  filter("items.update", keepTakenOut(captured, marker, context.services))
  // What is typed is judged before it is noted.
  filter("items.create", checkTyped(captured, "create"))
  filter("items.update", checkTyped(captured, "update"))
  filter("items.create", capture.create)
  filter("items.update", capture.update)
  filter("items.delete", keepLanguages(captured))
  filter("items.delete", capture.remove)
  filter("files.delete", capture.remove)
  action("items.create", after("create"))
  action("items.update", onUpdate)
  action("items.delete", after("delete"))
  action("files.delete", after("delete"))
  action("items.sort", (meta, event) => {
    const what = `The new order of ${String(meta["collection"])} could not be noted for the sync. The sweep finds it`
    unattended(log, what, captureSort(captured, marker, meta, event))
  })

  action("server.start", () => {
    sharedState().serving = true
    void sync.start()
  })
  // Directus's database is closed by then: all that is left is to let the peer go.
  action("server.stop", () => {
    unattended(log, "The sync did not stop as it should", sync.stop())
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
