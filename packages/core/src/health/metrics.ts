import { metrics, type Counter, type Histogram, type MeterProvider } from "@opentelemetry/api"
import { readBackfill } from "../backfill/backfill.ts"
import type { Side } from "../document/value.ts"
import { whereFrom } from "../errors.ts"
import type { HostPorts, Reply, Transport } from "../ports.ts"
import { VERSION } from "../version.ts"
import type { RecordResult } from "../wire/messages.ts"

const METER = "medusa-directus-sync"

interface Instruments {
  sent: Counter
  received: Counter
  requests: Counter
  duration: Histogram
}

let known: { provider: MeterProvider; instruments: Instruments } | null = null

/** Made anew when an SDK is registered: instruments of the time before it stay silent for ever (api 1.9). */
function instruments(): Instruments {
  const provider = metrics.getMeterProvider()
  if (known?.provider === provider) return known.instruments
  const meter = provider.getMeter(METER, VERSION)
  known = {
    provider,
    instruments: {
      sent: meter.createCounter("medusa_directus.records.sent", {
        description: "Records that were sent, by the peer's result",
        unit: "{record}",
      }),
      received: meter.createCounter("medusa_directus.records.received", {
        description: "Records that were received, by the result here",
        unit: "{record}",
      }),
      requests: meter.createCounter("medusa_directus.requests", {
        description: "Messages that were sent, greetings too, by outcome",
        unit: "{request}",
      }),
      duration: meter.createHistogram("medusa_directus.request.duration", {
        description: "From a message to its answer",
        unit: "ms",
      }),
    },
  }
  return known.instruments
}

function countRecords(counter: Counter, side: Side, results: readonly RecordResult[]): void {
  for (const { st, code } of results) counter.add(1, { side, result: st, ...(code === undefined ? {} : { code }) })
}

export const countReceived = (side: Side, results: readonly RecordResult[]): void =>
  countRecords(instruments().received, side, results)

/** The same transport, counted. */
export function measured(side: Side, transport: Transport): Transport {
  const count = (reply: Reply, milliseconds: number): void => {
    const { sent, requests, duration } = instruments()
    const outcome = { side, outcome: reply.kind, ...(reply.kind === "refused" ? { code: reply.code } : {}) }
    requests.add(1, outcome)
    duration.record(milliseconds, outcome)
    if (reply.kind === "results") countRecords(sent, side, reply.results)
  }
  return {
    async send(message) {
      const started = performance.now()
      const reply = await transport.send(message)
      count(reply, performance.now() - started)
      return reply
    },
  }
}

/** Lets an SDK ask how much waits. @returns ends that. */
export function observeGauges(ports: HostPorts): () => void {
  const { side } = ports
  const meter = metrics.getMeter(METER, VERSION)
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`medusa_directus.${name}`, { description, unit: "{record}" })
  const pending = gauge("records.pending", "Changed records that the peer has not confirmed")
  const quarantined = gauge("records.quarantined", "Records that wait for a person")
  const done = gauge("backfill.done", "Records of the last backfill that have been sent")
  const gauges = [pending, quarantined, done]
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
    try {
      const [{ records }, backfill] = [await ports.observe(), await readBackfill(ports)]
      result.observe(pending, records.pending, { side })
      result.observe(quarantined, records.quarantined, { side })
      if (backfill) result.observe(done, backfill.done, { side })
    } catch (error) {
      ports.log.warn(`The metrics of what waits could not be read: ${whereFrom(error)}`)
    }
  }
  meter.addBatchObservableCallback(observe, gauges)
  return () => meter.removeBatchObservableCallback(observe, gauges)
}
