// Somebody else's subscriber: remembers the events that it got.
exports.default = async function witness({ event }) {
  globalThis.e2eEvents ??= []
  globalThis.e2eEvents.push({ name: event.name, data: event.data })
}
exports.config = {
  event: ["product", "translation"]
    .flatMap((of) => ["created", "updated", "deleted"].map((what) => `${of}.${what}`))
    .concat("directus_sync.alert"),
  context: { subscriberId: "e2e-witness" },
}
Object.defineProperty(exports, "__esModule", { value: true })
