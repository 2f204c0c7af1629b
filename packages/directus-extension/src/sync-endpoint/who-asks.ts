import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"

type Person = Partial<Record<"first_name" | "last_name" | "email", string | null>>

/** By what people know whoever asks: a name, or else an e-mail address; `null` = nobody that Directus has a row of. */
export async function whoAsks({ database }: HostContext, { accountability }: DirectusRequest): Promise<string | null> {
  if (!accountability?.user) return null
  const person = await database("directus_users").where({ id: accountability.user }).first<Person | undefined>()
  const name = [person?.first_name, person?.last_name].filter(Boolean).join(" ")
  return name || (person?.email ?? null)
}
