import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Stack } from "../e2e/stack/stack.ts"

const switches = fileURLToPath(new URL("./switch/", import.meta.url))
const EXTENSION = "directus-extension-medusa"

interface Manifest {
  "directus:extension": { path: { api: string } }
}

/** Hosts whose sync {@link turnSync} turns off and on while they run, and which nobody but the sync listens to. */
export async function startWithSwitch(name: string): Promise<Stack> {
  const stack = await Stack.make(name)
  const [shop, extensions] = [join(stack.dir, "medusa", "src"), join(stack.dir, "directus", "extensions")]
  rmSync(join(shop, "subscribers"), { recursive: true })
  mkdirSync(join(shop, "api", "bench-switch"))
  cpSync(join(switches, "medusa-route.js"), join(shop, "api", "bench-switch", "route.js"))

  rmSync(join(extensions, "e2e-witness"), { recursive: true })
  cpSync(join(switches, "directus-api.js"), join(extensions, EXTENSION, "dist", "switch.js"))
  const file = join(extensions, EXTENSION, "package.json")
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest
  manifest["directus:extension"].path.api = "dist/switch.js"
  writeFileSync(file, JSON.stringify(manifest))
  await stack.start()
  return stack
}

/** All that the sync does in a host's own write: Medusa's triggers and subscriber, or Directus's hooks. */
export async function turnSync(stack: Stack, side: "medusa" | "directus", on: boolean): Promise<void> {
  if (side === "directus") {
    await stack.cms.fetchJson("/bench-switch", { method: "POST", body: JSON.stringify({ on }) })
    return
  }
  await stack.sqlMedusa(
    `do $do$ declare each record; begin
       for each in select tgname, tgrelid::regclass as relation from pg_trigger
         where tgfoid = 'directus_sync_capture'::regproc and not tgisinternal
       loop execute format('alter table %s ${on ? "enable" : "disable"} trigger %I', each.relation, each.tgname); end loop;
     end $do$`,
  )
  await stack.shop.sdk.client.fetch("/bench-switch", { method: "POST", body: { on } })
}

/** Has the sync tell of products that were written while it was off. */
export async function tellLater(stack: Stack, side: "medusa" | "directus", ids: string[]): Promise<void> {
  if (side === "medusa") {
    await stack.sqlMedusa(
      "insert into directus_sync_mark_log (entity, local_id) select 'product', unnest($1::text[])",
      [ids],
    )
    await stack.shop.sdk.client.fetch("/bench-switch", { method: "PUT" })
  } else {
    await stack.sqlDirectus(
      `insert into medusa_sync_mark (entity, local_id, due_at, priority, person)
       select 'product', unnest($1::text[]), 0, 0, true`,
      [ids],
    )
    await stack.cms.fetchJson("/bench-switch", { method: "PUT", body: JSON.stringify({ records: ids.length }) })
  }
}
