// Somebody else's subscriber: remembers the last events that it got.
const MOST = 1000
exports.default = async function witness({ event }) {
  globalThis.e2eEvents ??= []
  const kept = globalThis.e2eEvents.push({ name: event.name, data: event.data })
  if (kept > MOST) globalThis.e2eEvents.shift()
}
exports.config = {
  event: ["product", "translation"]
    .flatMap((of) => ["created", "updated", "deleted"].map((what) => `${of}.${what}`))
    .concat("directus_sync.alert"),
  context: { subscriberId: "e2e-witness" },
}
Object.defineProperty(exports, "__esModule", { value: true })
