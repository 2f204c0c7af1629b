// What the tests cannot see from outside: the events of a subscriber, the files that are loaded, and what Medusa has no
// route of its own for: a restore, a call of the product module that no workflow wraps, or a workflow without the reading that
// follows it in a route. `listeners` are those of the managers that all work of a module shares.
exports.GET = async (req, res) => {
  const listeners = ["product", "pricing"].flatMap((name) => {
    const manager = req.scope.resolve(name).baseRepository_.getFreshManager()
    return [...manager.getEventManager().getSubscribers()].map((subscriber) => subscriber.constructor.name)
  })
  res.json({
    events: globalThis.e2eEvents ?? [],
    listeners,
    loaded: Object.keys(require.cache).filter((file) => /medusa-plugin-directus|medusa-directus-core/.test(file)),
  })
}
exports.POST = async (req, res) => {
  const { kind = "Products", restore, call, args = [], products: made } = req.body
  if (made) {
    const { createProductsWorkflow } = await import("@medusajs/medusa/core-flows")
    await createProductsWorkflow(req.scope).run({ input: { products: made } })
    res.json({})
    return
  }
  const products = req.scope.resolve("product")
  await (call ? products[call](...args) : products[`restore${kind}`](restore))
  res.json({})
}
Object.defineProperty(exports, "__esModule", { value: true })
