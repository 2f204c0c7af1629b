import { defineOperationApi } from "@directus/extensions-sdk"
import { runOperation } from "./run-operation"

export default defineOperationApi<Record<string, unknown>>({
  id: "medusa-sync",
  handler: (options) => runOperation(options),
})
