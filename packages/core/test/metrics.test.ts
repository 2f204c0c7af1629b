import { metrics } from "@opentelemetry/api"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics"
import { afterEach, expect, it, vi } from "vitest"
import { startBackfill } from "../src/backfill/backfill.ts"
import { runSender } from "../src/run/run-sender.ts"
import { observeGauges } from "../src/health/metrics.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }

afterEach(() => metrics.disable())

function withSdk() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  /** name → "attribute values" → value */
  return async (): Promise<Record<string, Record<string, unknown>>> => {
    exporter.reset()
    await reader.forceFlush()
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    expect(found.map(({ scope }) => scope.name)).toEqual(["medusa-directus-sync"])
    return Object.fromEntries(
      found
        .flatMap(({ metrics: each }) => each)
        .map(({ descriptor, dataPoints }) => [
          descriptor.name,
          Object.fromEntries(
            dataPoints.map(({ attributes, value }) => [
              Object.values(attributes).join(" "),
              typeof value === "object" ? value.count : value,
            ]),
          ),
        ]),
    )
  }
}

it("without an SDK nothing is counted and everything works", async () => {
  const pair = new Pair(resolveConfig())
  const id = pair.medusa.create("product", SHIRT)
  await pair.settle()
  expect(pair.medusa.table("product").links.get(id)?.peerId).toBeTruthy()
})

it("an SDK that is registered late counts records by result and requests by outcome on both sides", async () => {
  const pair = new Pair(resolveConfig())
  await pushOnce(pair.medusa.ports)
  const read = withSdk()
  pair.medusa.create("product", SHIRT)
  await pair.settle()
  pair.network = () => {
    throw new Error("nobody there")
  }
  pair.medusa.create("product", { title: "Hat", handle: "hat" })
  await pushOnce(pair.medusa.ports)
  expect(await read()).toMatchObject({
    "medusa_directus.records.sent": { "medusa created": 1 },
    "medusa_directus.records.received": { "directus created": 1 },
    "medusa_directus.requests": { "medusa results": expect.any(Number), "medusa unreachable": 1 },
    "medusa_directus.request.duration": { "medusa results": expect.any(Number), "medusa unreachable": 1 },
  })
})

it("what waits is asked of the host until the sender stops", async () => {
  const read = withSdk()
  const pair = new Pair(resolveConfig())
  pair.network = () => {
    throw new Error("nobody there")
  }
  pair.medusa.create("product", SHIRT)
  const sender = runSender(pair.medusa.ports, { poll: 60_000 })
  sender.wake()
  expect(await read()).toMatchObject({
    "medusa_directus.records.pending": { medusa: 1 },
    "medusa_directus.records.quarantined": { medusa: 0 },
  })
  await sender.stop()
  const observe = vi.spyOn(pair.medusa.ports, "observe")
  await read()
  expect(observe).not.toHaveBeenCalled()
})

it("what waits is not told when it cannot be counted, and the log says so", async () => {
  const read = withSdk()
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
  const stop = observeGauges(pair.medusa.ports)
  await startBackfill(pair.medusa.ports)
  expect(await read()).toMatchObject({ "medusa_directus.backfill.done": { medusa: 0 } })
  vi.spyOn(pair.medusa.ports, "observe").mockRejectedValue(new Error("canary"))
  await read()
  expect(lines).toEqual([expect.stringMatching(/^The metrics of what waits could not be read: Error/)])
  stop()
})

it("each metric says what it counts, and in what", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const pair = new Pair(resolveConfig())
  const stop = observeGauges(pair.medusa.ports)
  await startBackfill(pair.medusa.ports)
  pair.medusa.create("product", SHIRT)
  await pair.settle()
  await reader.forceFlush()
  stop()
  const told = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  expect(told.map(({ descriptor: { name, description, unit } }) => [name, description, unit]).sort()).toEqual([
    ["medusa_directus.backfill.done", "Records of the last backfill that have been sent", "{record}"],
    ["medusa_directus.records.pending", "Changed records that the peer has not confirmed", "{record}"],
    ["medusa_directus.records.quarantined", "Records that wait for a person", "{record}"],
    ["medusa_directus.records.received", "Records that were received, by the result here", "{record}"],
    ["medusa_directus.records.sent", "Records that were sent, by the peer's result", "{record}"],
    ["medusa_directus.request.duration", "From a message to its answer", "ms"],
    ["medusa_directus.requests", "Messages that were sent, greetings too, by outcome", "{request}"],
  ])
})
