import { join } from "node:path"
import { repositoryRoot } from "../../scripts/stack/index.ts"
import type { Packed } from "./pack.ts"

/** Everything that a run writes. Inside the repository, so that Node finds the hosts in the workspace's node_modules. */
export const dataDir = join(repositoryRoot, ".data", "e2e")

export const admin = { email: "admin@example.com", password: "e2e-admin-password-7Q" }
/** A static token of the Directus administrator. */
export const directusToken = "e2e-directus-static-token-Zk41"
export const templates = { medusa: "template_medusa", directus: "template_directus" }

/** What the global setup hands to the test files. */
export type Provided = { postgresUrl: string; packed: Packed; apiKey: string }

declare module "vitest" {
  export interface ProvidedContext {
    e2e: Provided
  }
}
