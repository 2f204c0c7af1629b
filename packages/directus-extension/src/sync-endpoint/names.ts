import { LIMITS } from "medusa-directus-core/host"
import { z } from "zod"

/** The name of a kind or collection, or the id of an item; what a name is made of `possibleOnly` has looked at. */
export const name = z.string().min(1).max(LIMITS.idLength)
