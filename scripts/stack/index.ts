export { startPostgres, type Postgres, type PostgresOptions } from "./postgres.ts"
export {
  buildMedusaAdmin,
  createMedusaUser,
  medusaServer,
  migrateMedusa,
  runMedusaScript,
  startMedusa,
  type MedusaApp,
  type MedusaServer,
} from "./medusa.ts"
export {
  bootstrapDirectus,
  directusServer,
  startDirectus,
  type DirectusProject,
  type DirectusServer,
} from "./directus.ts"
export { builtPlugin, writeTestMedusaApp } from "./test-medusa-app.ts"
export { builtExtension, copyExtension, writeTestDirectusProject } from "./test-directus-project.ts"
export { startRedis, type Redis } from "./redis.ts"
export { ServerProcess, stopAll, stopAllOnSignal, type Exit, type ServerSpec } from "./server-process.ts"
export { storefrontServer, type Storefront, type StorefrontServer } from "./storefront.ts"
export { runToEnd, type OneShot } from "./one-shot.ts"
export { outsideFolder } from "./outside-folder.ts"
export { serverEnvironment } from "./environment.ts"
export { findFreePort, requireFreePort } from "./ports.ts"
export { repositoryRoot } from "./workspace-links.ts"
