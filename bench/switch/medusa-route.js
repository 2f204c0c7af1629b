// Takes the sync's subscriber off Medusa's event bus, and puts it on again; or wakes the sync, as that subscriber does.
const SUBSCRIBER = "directus-sync-wake-sender"
let taken = []

exports.PUT = async (req, res) => {
  req.scope.resolve("directus_sync").wake()
  res.json({})
}
exports.POST = async (req, res) => {
  const bus = req.scope.resolve("event_bus")
  const context = { subscriberId: SUBSCRIBER }
  if (req.body.on) {
    for (const { event, subscriber } of taken) bus.subscribe(event, subscriber, context)
    taken = []
  } else {
    for (const [event, subscribers] of bus.eventToSubscribersMap) {
      const ours = subscribers.find(({ id }) => id === SUBSCRIBER)
      if (ours) taken.push({ event, subscriber: ours.subscriber })
    }
    for (const { event, subscriber } of taken) bus.unsubscribe(event, subscriber, context)
  }
  res.json({ events: taken.length })
}
Object.defineProperty(exports, "__esModule", { value: true })
