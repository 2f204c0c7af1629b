// Somebody else's subscriber: remembers the events that it got.
exports.default = async function witness({ event }) {
  globalThis.e2eEvents ??= []
  globalThis.e2eEvents.push({ name: event.name, data: event.data })
}
exports.config = {
  event: ["product.created", "product.updated", "product.deleted"],
  context: { subscriberId: "e2e-witness" },
}
Object.defineProperty(exports, "__esModule", { value: true })
