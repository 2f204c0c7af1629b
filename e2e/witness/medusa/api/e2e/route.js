// What the tests cannot see from outside: the events of a subscriber, the files that are loaded, and what Medusa has no
// route of its own for: a restore, a call of the product module that no workflow wraps, a workflow without the reading that
// follows it in a route, or an order without a checkout. `listeners` are those of the managers that all work of a module
// shares; `natives` is what each object of the process has, and what that has in turn.

const ROOTS = { Object, Function, Array, String, Number, Boolean, Promise, Map, Set }

function natives() {
  const names = []
  for (const [root, made] of Object.entries(ROOTS))
    for (const [where, of] of [
      ["", made],
      [".prototype", made.prototype],
    ])
      for (const name of Reflect.ownKeys(of)) {
        names.push(`${root}${where}.${String(name)}`)
        const { value } = Object.getOwnPropertyDescriptor(of, name)
        if (typeof value === "function")
          for (const below of Reflect.ownKeys(value)) names.push(`${root}${where}.${String(name)}.${String(below)}`)
      }
  return names.sort()
}

exports.GET = async (req, res) => {
  const listeners = ["product", "pricing"].flatMap((name) => {
    const manager = req.scope.resolve(name).baseRepository_.getFreshManager()
    return [...manager.getEventManager().getSubscribers()].map((subscriber) => subscriber.constructor.name)
  })
  res.json({
    natives: natives(),
    events: globalThis.e2eEvents ?? [],
    listeners,
    loaded: Object.keys(require.cache).filter((file) => /medusa-plugin-directus|medusa-directus-core/.test(file)),
  })
}
exports.POST = async (req, res) => {
  const { kind = "Products", restore, call, args = [], products: made, order } = req.body
  if (order) {
    const { createOrderWorkflow } = await import("@medusajs/medusa/core-flows")
    const { cart_id, ...input } = order
    const { result } = await createOrderWorkflow(req.scope).run({ input })
    await req.scope.resolve("link").create({ order: { order_id: result.id }, cart: { cart_id } })
    res.json({ id: result.id })
    return
  }
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
