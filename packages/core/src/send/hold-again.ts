import type { CanonicalValue } from "../document/value.ts"
import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { scopeOf, SyncError, whereFrom } from "../errors.ts"
import type { Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { DocumentWrite, HostTransaction, HostDatabase, HostVoice } from "../ports.ts"
import { indexBy } from "../group-by.ts"
import { meant, seeLost, shownAs } from "../record/lost.ts"

/**
 * Gives rows back the references that they lost with records which are back. Each by itself when the host refuses one: it
 * is no other record's fault (I8).
 */
export async function holdAgain(
  ports: HostDatabase & HostVoice,
  entity: EntityDefinition,
  localIds: string[],
): Promise<void> {
  try {
    await ports.transaction((tx) => writeAgain(tx, entity, localIds))
  } catch (error) {
    if (scopeOf(error) !== "record") throw error
    const [only, another] = localIds
    if (only === undefined) return
    if (another !== undefined) {
      for (const localId of localIds) await holdAgain(ports, entity, [localId])
      return
    }
    const known = error instanceof SyncError ? error : null
    if (known?.retryable) return
    if (!known) ports.log.error(`Giving ${entity.name} ${only} its references back failed: ${whereFrom(error)}`)
    const reason = known ? `${known.code}: ${known.message}` : "internal: The references could not be given back."
    await ports.transaction(async (tx) => {
      const links = await tx.links.lock(entity.name, [only])
      await tx.links.save(
        entity.name,
        links.map((link): Link => ({ ...link, state: "quarantined", reason })),
      )
    })
  }
}

async function writeAgain(tx: HostTransaction, entity: EntityDefinition, localIds: string[]): Promise<void> {
  const ids = [...localIds].sort()
  await tx.documents.lock(entity.name, ids)
  const links = indexBy(await tx.links.lock(entity.name, ids), ({ localId }) => localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  const writes: DocumentWrite[] = []
  for (const [localId, { present, fields, returned }] of rows) {
    const link = links.get(localId)
    if (!present || !fields || !returned || !link) continue
    const again = returned.map((name): [string, CanonicalValue] => [
      name,
      meant(name, link.fields[name] ?? { fp: "", r: 0 }, null),
    ])
    writes.push({
      kind: "update",
      localId,
      peerId: link.peerId ?? "",
      fields: Object.fromEntries(again),
      current: fields,
    })
  }
  const written = await tx.documents.write(entity.name, writes)
  const after = await tx.documents.read(entity.name, written)
  const save = written.flatMap((localId) => {
    const link = links.get(localId)
    if (!link) return []
    const fields = { ...link.fields }
    for (const name of rows.get(localId)?.returned ?? []) {
      const fp = fingerprint(after.get(localId)?.fields?.[name] ?? null)
      if (fp === NULL_FINGERPRINT)
        throw new SyncError(
          "rejected_by_host",
          `The host did not take ${name} again, which is back. Edit the record once.`,
        )
      fields[name] = shownAs(fields[name] ?? { fp, r: 0 }, fp)
    }
    return [{ ...link, fields }]
  })
  await tx.links.save(entity.name, save)
}
