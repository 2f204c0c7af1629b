// The extension's bundle, whose hooks can be made to do nothing: filters give back what they got, actions end at once. And
// the sync can be woken, as those actions do.
import * as bundle from "./api.js"

const STATE = Symbol.for("directus-extension-medusa")
let on = true

const switched = (config) => (register, context) => {
  register.init("routes.custom.before", ({ app }) => {
    app.post("/bench-switch", (req, res) => {
      on = req.body.on
      // The extension looks for its own action listener among Directus's, so that none of them can be wrapped.
      globalThis[STATE].emittingOwn = !on
      res.json({ on })
    })
    app.put("/bench-switch", (req, res) => {
      globalThis[STATE].sync.wake(req.body.records)
      res.json({})
    })
  })
  const filter = (event, handler) =>
    register.filter(event, (payload, meta, about) => (on ? handler(payload, meta, about) : payload))
  return config({ ...register, filter }, context)
}

export const { endpoints, operations } = bundle
export const hooks = bundle.hooks.map((hook) => ({ ...hook, config: switched(hook.config) }))
