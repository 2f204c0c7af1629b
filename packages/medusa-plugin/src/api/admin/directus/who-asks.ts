import type { AuthenticatedMedusaRequest } from "@medusajs/framework/http"
import { Modules } from "@medusajs/framework/utils"

/** By what people know whoever asks: a name, or else an e-mail address; `null` = a program. */
export async function whoAsks({ auth_context: asker, scope }: AuthenticatedMedusaRequest): Promise<string | null> {
  if (asker.actor_type !== "user") return null
  const { first_name: first, last_name: last, email } = await scope.resolve(Modules.USER).retrieveUser(asker.actor_id)
  return [first, last].filter(Boolean).join(" ") || email
}
