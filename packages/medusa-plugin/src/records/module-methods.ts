import { pluralize, upperCaseFirst } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"
import type { ModuleCalls } from "./module-calls"

type Verb = "create" | "update" | "upsert" | "softDelete" | "restore"
type Method = (...args: unknown[]) => Promise<unknown>

/** `createProductTags`: Medusa names the methods of a module's service after its models. */
function methodOf(service: object, verb: Verb, model: string): Method | undefined {
  const name = upperCaseFirst(model)
  const methods = service as Record<string, unknown>
  const found = [`${verb}${pluralize(name)}`, `${verb}${name}`].find((method) => typeof methods[method] === "function")
  return found === undefined ? undefined : (methods[found] as Method)
}

/**
 * Calls one of these methods inside our transaction, the first of `verbs` that the service has.
 *
 * @param args - all but the context, which Medusa takes as the last one.
 * @throws SyncError `invalid_mapping` when the service has none of them.
 */
export function callModule(
  calls: ModuleCalls,
  service: object,
  model: string,
  verbs: Verb[],
  args: unknown[],
): Promise<unknown> {
  for (const verb of verbs) {
    const method = methodOf(service, verb, model)
    if (method) return calls.run(service, (of, context) => method.call(of, ...args, context))
  }
  throw new SyncError(
    "invalid_mapping",
    `The module's service has no method "${verbs[0] ?? ""}${pluralize(upperCaseFirst(model))}". Check module and model of this kind in the mapping.`,
  )
}
