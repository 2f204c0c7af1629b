import { existsSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const repositoryRoot = fileURLToPath(new URL("../../", import.meta.url))

/** Lets a folder anywhere on the disk resolve the workspace's dependencies. */
export function linkModules(dir: string): void {
  const link = join(dir, "node_modules")
  if (!existsSync(link)) symlinkSync(join(repositoryRoot, "node_modules"), link, "junction")
}
