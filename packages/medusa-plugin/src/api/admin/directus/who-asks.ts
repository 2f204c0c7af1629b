import type { AuthenticatedMedusaRequest } from "@medusajs/framework/http"
import { Modules } from "@medusajs/framework/utils"

/** By what people know whoever asks: a name, or else an e-mail address; `null` = a program. */
export async function whoAsks({ auth_context: asker, scope }: AuthenticatedMedusaRequest): Promise<string | null> {
  if (asker.actor_type !== "user") return null
  const [user] = await scope.resolve(Modules.USER).listUsers({ id: asker.actor_id })
  return user ? [user.first_name, user.last_name].filter(Boolean).join(" ") || user.email : null
}
