// What an operator's own OpenTelemetry does, started by `node --import`: each second it writes what it was given.
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics"
import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"

// The SDK's own copy: the sync has another one, and they meet in a global registry.
const { metrics } = createRequire(import.meta.resolve("@opentelemetry/sdk-metrics"))("@opentelemetry/api")

const exporter = {
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  export({ scopeMetrics }, done) {
    const ours = scopeMetrics.filter(({ scope }) => scope.name === "medusa-directus-sync")
    const points = ours
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          name: descriptor.name,
          ...attributes,
          value: value.count ?? value,
        })),
      )
    writeFileSync(process.env.E2E_METRICS, JSON.stringify(points))
    done({ code: 0 })
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1000, exportTimeoutMillis: 900 })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
