import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { serverEnvironment } from "./environment.ts"
import { ServerProcess } from "./server-process.ts"
import { repositoryRoot } from "./workspace-links.ts"

const folder = join(repositoryRoot, "examples", "storefront")

export type Storefront = {
  medusaUrl: string
  publishableKey: string
  port: number
  logFile: string
  /** Where pictures come from, besides Medusa. */
  imageOrigins?: string[]
  /** A Studio that may show pages in a frame; nobody may unless it is named. */
  studioUrl?: string
}

export type StorefrontServer = ServerProcess & { readonly port: number; readonly url: string }

/**
 * The example's storefront as `next build` has made it, not started.
 *
 * @throws Error when it was not built
 */
export function storefrontServer({
  medusaUrl,
  publishableKey,
  port,
  logFile,
  imageOrigins = [],
  studioUrl,
}: Storefront): StorefrontServer {
  if (!existsSync(join(folder, ".next", "BUILD_ID")))
    throw new Error(`${folder} is not built. Run: node scripts/run.mjs pnpm --filter example-storefront run build`)
  const url = `http://localhost:${port}`
  const next = createRequire(join(folder, "package.json")).resolve("next/dist/bin/next")
  const server = new ServerProcess({
    name: `The storefront on port ${port}`,
    command: process.execPath,
    args: [next, "start", "--port", String(port), "--hostname", "localhost"],
    cwd: folder,
    env: serverEnvironment({
      NODE_ENV: "production",
      MEDUSA_URL: medusaUrl,
      MEDUSA_PUBLISHABLE_KEY: publishableKey,
      SITE_URL: url,
      IMAGE_ORIGINS: imageOrigins.join(" "),
      STUDIO_URL: studioUrl,
    }),
    logFile,
    // It needs no Medusa: any answer will do.
    healthy: async () => (await fetch(`${url}/icon.svg`, { signal: AbortSignal.timeout(5_000) })).ok,
    readyTimeoutMs: 60_000,
    stopSignal: "SIGTERM",
  })
  return Object.assign(server, { port, url })
}
