import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot, type DirectusProject, type MedusaApp } from "../../../scripts/stack/index.ts"
import type { DemoOptions } from "./arguments.ts"
import { dataFolder, logs, type Secrets } from "./data-folder.ts"
import type { Databases } from "./databases.ts"

const starterStore = join(repositoryRoot, "examples", "starter-store")

type Parts = { options: DemoOptions; secrets: Secrets; databases: Databases }

const address = (port: number): string => `http://localhost:${port}`

/** Every variable of medusa-config is set: what is not would come from a .env beside it. */
export function medusaApp({ options, secrets, databases }: Parts): MedusaApp {
  const url = address(options.medusaPort)
  return {
    appDir: join(starterStore, "medusa"),
    logFile: logs.medusa,
    env: {
      DATABASE_URL: databases.medusa,
      REDIS_URL: "",
      MEDUSA_BACKEND_URL: url,
      STORE_CORS: "http://localhost:8000",
      ADMIN_CORS: url,
      AUTH_CORS: `http://localhost:8000,${url}`,
      JWT_SECRET: secrets.sessions,
      COOKIE_SECRET: secrets.sessions,
      DISABLE_MEDUSA_ADMIN: "false",
      DIRECTUS_URL: address(options.directusPort),
      MEDUSA_SYNC_SECRET: secrets.sync,
    },
  }
}

/** Where the demo catalogue's pictures are: the Studio and the storefront show only those that their policies name. */
export const CATALOGUE_PICTURES = "https://medusa-public-images.s3.eu-west-1.amazonaws.com"

/** Directus guesses types of values; "string:" stops that. */
const text = (value: string): string => `string:${value}`

export function directusProject({ options, secrets, databases }: Parts): DirectusProject {
  const uploads = join(dataFolder, "uploads")
  mkdirSync(uploads, { recursive: true })
  return {
    projectDir: join(starterStore, "directus"),
    logFile: logs.directus,
    env: {
      DB_CLIENT: "pg",
      DB_CONNECTION_STRING: text(databases.directus),
      KEY: "starter-store-demo",
      SECRET: text(secrets.sessions),
      ADMIN_EMAIL: secrets.admin.email,
      ADMIN_PASSWORD: text(secrets.admin.password),
      PUBLIC_URL: address(options.directusPort),
      STORAGE_LOCATIONS: "local",
      STORAGE_LOCAL_ROOT: uploads,
      CONTENT_SECURITY_POLICY_DIRECTIVES__IMG_SRC: `array:'self',data:,blob:,${CATALOGUE_PICTURES}`,
      MEDUSA_URL: address(options.medusaPort),
      MEDUSA_SYNC_SECRET: text(secrets.sync),
      MEDUSA_SYNC_MAPPING: join(starterStore, "medusa", "sync-mapping.json"),
    },
  }
}
