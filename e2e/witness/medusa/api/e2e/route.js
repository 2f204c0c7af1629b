// What the tests cannot see from outside: the events of a subscriber, the files that are loaded, and a restore, for
// which Medusa has no route of its own.
exports.GET = async (_req, res) => {
  res.json({
    events: globalThis.e2eEvents ?? [],
    loaded: Object.keys(require.cache).filter((file) => /medusa-plugin-directus|medusa-directus-core/.test(file)),
  })
}
exports.POST = async (req, res) => {
  const { kind = "Products", restore } = req.body
  await req.scope.resolve("product")[`restore${kind}`](restore)
  res.json({})
}
Object.defineProperty(exports, "__esModule", { value: true })
