import {
  bootstrapDirectus,
  builtExtension,
  copyExtension,
  createMedusaUser,
  directusServer,
  medusaServer,
  migrateMedusa,
  runMedusaScript,
  type DirectusProject,
  type DirectusServer,
  type MedusaApp,
  type MedusaServer,
} from "../../../scripts/stack/index.ts"
import type { DemoOptions } from "./arguments.ts"
import type { Secrets } from "./data-folder.ts"
import { foreignDatabases, openDatabases, type Databases } from "./databases.ts"
import { notePrepared, preparationOf } from "./prepared.ts"
import { step } from "./progress.ts"
import { directusProject, medusaApp } from "./starter-apps.ts"

export type Store = { medusa: MedusaServer; directus: DirectusServer }

/** Starts PostgreSQL, and both hosts beside each other; what they need the first time is done once. */
export async function startStore(options: DemoOptions, secrets: Secrets): Promise<Store> {
  const databases = await step(foreignDatabases ? "PostgreSQL: your own" : "PostgreSQL: start", () =>
    openDatabases(options.postgresPort),
  )
  const parts = { options, secrets, databases }
  const app = medusaApp(parts)
  const project = directusProject(parts)
  const medusa = medusaServer({ ...app, port: options.medusaPort })
  const directus = directusServer({ ...project, port: options.directusPort })
  await Promise.all([
    prepareMedusa(app, databases, secrets).then(() => step("Medusa: start", () => medusa.start())),
    prepareDirectus(project, databases).then(() => step("Directus: start", () => directus.start())),
  ])
  return { medusa, directus }
}

async function prepareMedusa(app: MedusaApp, databases: Databases, { admin }: Secrets): Promise<void> {
  const preparation = preparationOf("medusa")
  if (preparation === "done") return
  if (preparation === "none") await databases.empty("medusa")
  await step("Medusa: create the tables", () => migrateMedusa(app))
  if (preparation === "none") {
    await step("Medusa: seed the demo catalogue", () => runMedusaScript(app, "./src/scripts/seed.ts"))
    await step("Medusa: create the administrator", () => createMedusaUser(app, admin))
  }
  notePrepared("medusa")
}

async function prepareDirectus(project: DirectusProject, databases: Databases): Promise<void> {
  copyExtension(builtExtension, project.projectDir)
  const preparation = preparationOf("directus")
  if (preparation === "done") return
  if (preparation === "none") await databases.empty("directus")
  await step("Directus: bootstrap", () => bootstrapDirectus(project))
  notePrepared("directus")
}
