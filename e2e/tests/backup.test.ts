import { execFile } from "node:child_process"
import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, inject, test } from "vitest"
import { repositoryRoot } from "../../scripts/stack/index.ts"
import { eventually } from "../eventually.ts"
import { cloneDatabase, directusDatabase } from "../stack/databases.ts"
import { templates } from "../stack/places.ts"
import { writeCms } from "../stack/projects.ts"
import { Stack } from "../stack/stack.ts"

/** The starter's, whose packages and mapping are these. */
const mapping = { translations: { locales: { "de-DE": "de" } } }
const example = join(repositoryRoot, "examples", "starter-store", "directus", "package.json")

/** Runs a script of the example's package.json in another project folder. */
async function runScript(projectDir: string, script: "backup" | "restore", env: Record<string, string>) {
  const config = join(projectDir, "config.json")
  writeFileSync(config, JSON.stringify({ ...env, SECRET: "e2e-directus-secret", LOG_LEVEL: "error" }))
  await promisify(execFile)(process.execPath, ["--run", script], {
    cwd: projectDir,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], CONFIG_PATH: config, NO_UPDATE_NOTIFIER: "1" },
    timeout: 120_000,
  })
}

test("the starter's scripts: `backup`, then `restore` into an empty Directus, give the same schema, and the sync starts on it", async () => {
  const stack = await Stack.start("backup", { translations: true, mapping })
  const { postgresUrl, packed } = inject("e2e")
  try {
    const source = join(stack.dir, "directus")
    copyFileSync(example, join(source, "package.json"))
    await runScript(source, "backup", directusDatabase(stack.directusDb))
    const snapshot = readFileSync(join(source, "snapshot.yaml"), "utf8")
    expect(snapshot).toContain("collection: products")
    expect(snapshot).toContain("collection: products_translations")
    // The sync's own tables belong to the database, not to the schema.
    expect(snapshot).not.toContain("medusa_sync_")

    const empty = await cloneDatabase(postgresUrl, templates.directus, "backup_restored")
    const target = writeCms(join(stack.dir, "restored"), packed)
    copyFileSync(example, join(target, "package.json"))
    copyFileSync(join(source, "snapshot.yaml"), join(target, "snapshot.yaml"))
    await runScript(target, "restore", directusDatabase(empty))
    await runScript(target, "backup", directusDatabase(empty))
    expect(readFileSync(join(target, "snapshot.yaml"), "utf8")).toBe(snapshot)

    // Restoring over a Directus that is in use takes nothing away from the sync.
    const id = await stack.shop.create({ title: "Before", handle: "before" })
    const item = await stack.itemOf(id)
    await stack.settled()
    await runScript(source, "restore", directusDatabase(stack.directusDb))
    await stack.shop.edit(id, { title: "After the restore" })
    await eventually("it arrives", async () => expect((await stack.cms.read(item))["title"]).toBe("After the restore"))
    await stack.settled()
  } finally {
    await stack.stop()
  }
})

test("after one host's database was restored from an old backup, an edit arrives", async () => {
  const stack = await Stack.start("restored")
  const { postgresUrl } = inject("e2e")
  try {
    for (const side of ["medusa", "directus"] as const) {
      const server = stack[side]
      const database = `restored_${side}`
      const id = await stack.shop.create({ title: "At the backup", handle: `restored-${side}` })
      const item = await stack.itemOf(id)
      await stack.settled()
      await server.stop()
      await cloneDatabase(postgresUrl, database, `${database}_backup`)
      await server.start()
      const edit = (change: { title?: string; subtitle?: string }) =>
        side === "medusa" ? stack.shop.edit(id, change) : stack.cms.edit(item, change)
      const both = async () => [await stack.shop.read(id), await stack.cms.read(item)]
      for (let i = 0; i < 5; i++) {
        await edit({ title: `forgotten ${i}` })
        await eventually("it arrives", async () => {
          for (const { title } of await both()) expect(title).toBe(`forgotten ${i}`)
        })
      }
      await stack.settled()
      await server.stop()
      await cloneDatabase(postgresUrl, `${database}_backup`, database)
      await server.start()
      // At once, perhaps before the links are compared: then the title meets the one that this side has forgotten.
      await edit({ title: "typed at once", subtitle: "after the restore" })
      await eventually(
        "it arrives, or it is in the inbox and what the backup lacks is back",
        async () => {
          const shop = await stack.shop.status()
          const links = [
            await stack.sqlMedusa("select rev, seen, acked from directus_sync_link where local_id = $1", [id]),
            await stack.sqlDirectus("select rev, seen, acked from medusa_sync_link where local_id = $1", [item]),
          ]
          const inbox = (await stack.conflicts()).map(({ losingValue }) => losingValue)
          const title = inbox.includes("typed at once") ? "forgotten 4" : "typed at once"
          const found = (await both()).map(({ title, subtitle }) => ({ title, subtitle }))
          const expected = { title, subtitle: "after the restore" }
          const state = `links ${JSON.stringify(links)}, marks ${JSON.stringify(shop.marks)}`
          expect(found, state).toEqual([expected, expected])
        },
        { within: 10_000 },
      )
    }
  } finally {
    await stack.stop()
  }
})
