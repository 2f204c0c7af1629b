import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { repositoryRoot } from "../../scripts/stack/index.ts"

/** "GET /admin/directus/states/:entity/:id" */
export type Route = string

/** What the plugin's route files answer, as Medusa finds them: by their folders and the methods that they export. */
export function medusaRoutes(): Route[] {
  const api = join(repositoryRoot, "packages/medusa-plugin/src/api")
  return globSync("**/route.ts", { cwd: api })
    .flatMap((file) => {
      const path = `/${dirname(file)}`.replaceAll(/\[(\w+)\]/g, ":$1")
      const source = readFileSync(join(api, file), "utf8")
      return [...source.matchAll(/export (?:const|async function|function) ([A-Z]+)\b/g)].map(
        ([, method]) => `${method} ${path}`,
      )
    })
    .sort()
}

/** What the extension's endpoint has put on its router. */
export function directusRoutes(): Route[] {
  const source = readFileSync(join(repositoryRoot, "packages/directus-extension/src/sync-endpoint/index.ts"), "utf8")
  const found = [...source.matchAll(/router\.(?!use\()(\w+)\(\s*"([^"]+)"/g)]
  const all = [...source.matchAll(/router\.(?!use\()/g)].length
  if (found.length !== all)
    throw new Error(`${String(all)} uses of the router, of which ${String(found.length)} are routes.`)
  return found.map(([, method, path]) => `${method?.toUpperCase()} /medusa-sync${path}`).sort()
}
