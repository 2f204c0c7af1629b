import { join } from "node:path"
import { inject } from "vitest"
import { bootstrapDirectus } from "../../scripts/stack/index.ts"
import { admin, directusToken } from "./places.ts"
import { writeCms } from "./projects.ts"
import type { Stack } from "./stack.ts"

/** Gives a stack that has not started a Directus on SQLite. */
export async function useSqlite(stack: Stack, env: Record<string, string> = {}): Promise<void> {
  const { packed } = inject("e2e")
  const database = { DB_CLIENT: "sqlite3", DB_FILENAME: join(stack.dir, "directus.sqlite") }
  const without = Object.fromEntries(
    ["DB_HOST", "DB_PORT", "DB_DATABASE", "DB_USER", "DB_PASSWORD"].map((name) => [name, undefined]),
  )
  await bootstrapDirectus({
    projectDir: writeCms(join(stack.dir, "bootstrap"), packed, { withExtension: false }),
    env: {
      ...database,
      SECRET: "e2e-directus-secret",
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ADMIN_TOKEN: directusToken,
    },
    logFile: join(stack.dir, "bootstrap.log"),
  })
  writeCms(join(stack.dir, "directus"), packed)
  stack.writeCms({ ...without, ...database, ...env })
}
