import type { KindTools } from "./record-kind"

type LinkName = [module: string, key: string, otherModule: string, otherKey: string]

/** Medusa's own `link.create` opens a transaction for each module; the modules of the links take ours. */
export async function linkModules(
  { calls, modules }: Pick<KindTools, "calls" | "modules">,
  name: LinkName,
  pairs: [string, string][],
): Promise<void> {
  const module = modules.link.getLinkModule(...name)
  if (!module || pairs.length === 0) return
  await calls.run(module, (links, context) => links.create(pairs, undefined, undefined, context))
}
