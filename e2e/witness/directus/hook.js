// Somebody else's hook: remembers the last actions and what the database showed at that moment.
const MOST = 1000
export default ({ action, init }, { database, services, getSchema }) => {
  const seen = []
  for (const event of ["items.create", "items.update", "items.delete"]) {
    action(event, async ({ collection, key, keys }) => {
      if (!["products", "accessories"].includes(collection)) return
      const entry = { event, collection, keys: (keys ?? [key]).map(String), rows: [] }
      entry.rows = await database(collection).whereIn("id", keys ?? [key])
      if (seen.push(entry) > MOST) seen.shift()
    })
  }
  init("routes.custom.before", ({ app }) => {
    app.get("/e2e-witness", (_req, res) => res.json({ seen }))
    // An extension's own write: nobody is accountable, and Directus records no activity.
    app.post("/e2e-witness", (req, res, next) => {
      const { collection, id, change, emitEvents } = req.body
      getSchema()
        .then((schema) => new services.ItemsService(collection, { schema }).updateOne(id, change, { emitEvents }))
        .then(() => res.json({}), next)
    })
    // The same of a content version, without a request that says who had compared what.
    app.post("/e2e-witness/promote", (req, res, next) => {
      const { version, mainHash } = req.body
      getSchema()
        .then((schema) => new services.VersionsService({ schema, accountability: null }).promote(version, { mainHash }))
        .then(() => res.json({}), next)
    })
  })
}
