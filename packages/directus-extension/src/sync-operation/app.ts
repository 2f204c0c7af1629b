import { defineOperationApp } from "@directus/extensions-sdk"

/** In Flows: sends items to Medusa now, and tells the Flow how they are then. */
export default defineOperationApp({
  id: "medusa-sync",
  name: "Sync with Medusa",
  icon: "sync_alt",
  description: "Sends items to Medusa now; the result says how each of them is",
  overview: ({ collection, items, wait }) => [
    { label: "Collection", text: String(collection ?? "") },
    { label: "Items", text: Array.isArray(items) ? items.join(", ") : String(items ?? "") },
    { label: "Waits (s)", text: String(wait ?? 10) },
  ],
  options: [
    {
      field: "collection",
      name: "$t:collection",
      type: "string",
      meta: { interface: "system-collection", width: "half", required: true },
    },
    {
      field: "wait",
      name: "Wait (s)",
      type: "integer",
      schema: { default_value: 10 },
      meta: {
        interface: "input",
        width: "half",
        note: "Seconds to wait for the answer of Medusa; 0 = not at all.",
        options: { min: 0, max: 60 },
      },
    },
    {
      field: "items",
      name: "$t:item_ids",
      type: "csv",
      meta: {
        interface: "tags",
        width: "full",
        required: true,
        special: ["cast-csv"],
        options: { iconRight: "vpn_key", placeholder: "{{ $trigger.key }}" },
      },
    },
  ],
})
