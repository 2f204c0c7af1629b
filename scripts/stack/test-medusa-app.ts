import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { linkModules, repositoryRoot } from "./workspace-links.ts"

export type TestMedusaAppOptions = {
  dir: string
  /** What medusa-config.js gets as `plugins`: resolve is the folder of a built plugin, options must be JSON. */
  plugins?: { resolve: string; options?: Record<string, unknown> }[]
  /** Added to medusa-config's top level as it is, for example { modules: [...], featureFlags: {...} }. */
  config?: Record<string, unknown>
}

export const builtPlugin = join(repositoryRoot, "packages", "medusa-plugin")

/** Writes a Medusa application in plain JavaScript that `medusa start` runs without a build. @returns its folder */
export function writeTestMedusaApp({ dir, plugins = [], config = {} }: TestMedusaAppOptions): string {
  mkdirSync(dir, { recursive: true })
  linkModules(dir)
  // Medusa's CLI looks for this dependency before it runs any command.
  const manifest = { name: "test-medusa-app", private: true, dependencies: { "@medusajs/medusa": "*" } }
  writeFileSync(join(dir, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(
    join(dir, "medusa-config.js"),
    `const { defineConfig } = require('@medusajs/framework/utils')

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    http: {
      storeCors: '*',
      adminCors: '*',
      authCors: '*',
      jwtSecret: process.env.JWT_SECRET ?? 'test-jwt-secret',
      cookieSecret: process.env.COOKIE_SECRET ?? 'test-cookie-secret',
    },
  },
  admin: { disable: true },
  plugins: ${JSON.stringify(plugins, null, 2)},
  ...${JSON.stringify(config, null, 2)},
})
`,
  )
  return dir
}
