import { medusaAdminPage } from "./medusa-admin"
import type { RunningSync } from "../running-sync"

/** An item of this side, and its record in Medusa. */
interface Paired {
  kind: string
  id: string
  peerId: string | null
}

/** Where Medusa's Admin shows the record of an item, or the one that it is a part of; `null` = nowhere. */
export async function medusaPage(
  { ports, options }: RunningSync,
  { kind, id, peerId }: Paired,
): Promise<string | null> {
  if (peerId === null) return null
  const { parent, fields } = ports.config.entities.get(kind) ?? { parent: null, fields: new Map<string, never>() }
  const wholeKind = parent === null ? undefined : (fields.get(parent) as { to?: string } | undefined)?.to
  const wholeId =
    wholeKind === undefined
      ? null
      : await ports.transaction(async ({ links }) => {
          const [link] = await links.find(kind, [id])
          if (link?.parentId == null) return null
          return (await links.find(wholeKind, [link.parentId]))[0]?.peerId ?? null
        })
  return medusaAdminPage(options.adminUrl, kind, peerId, wholeId)
}
