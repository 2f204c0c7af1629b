import type { WireRecord } from "../src/wire/messages.ts"

/** The announcement of a shirt that nobody knows yet. */
export const wireRecord = (more: Partial<WireRecord> = {}): WireRecord => ({
  entity: "product",
  id: "m1",
  peer: null,
  key: { field: "handle", value: "shirt" },
  rev: 1,
  seen: 0,
  full: true,
  hops: 0,
  alive: true,
  alive_rev: 1,
  fields: {},
  ...more,
})
