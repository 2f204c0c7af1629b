import { resolveConfig, type DocumentStore, type LinkStore, type MarkStore } from "medusa-directus-core/host"
import { afterEach, beforeEach, expect, it } from "vitest"
import { makeDocumentStore } from "../src/ports/document-store"
import { addJournal, makeConflictStore } from "../src/ports/history-store"
import { makeLinkStore } from "../src/ports/link-store"
import { makeMarkStore } from "../src/ports/mark-store"
import type { WriterHost } from "../src/items/write-items"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
})
afterEach(() => directus.close())

it("an empty list asks the database nothing, and leaves Directus's cache as it is", async () => {
  const { database, reader } = directus
  const happened: string[] = []
  database.on("query", ({ sql }: { sql: string }) => happened.push(sql))
  const links: LinkStore = makeLinkStore(database, "sqlite3")
  const marks: MarkStore = makeMarkStore(database, "sqlite3", "me", () => 20)
  const host = { reader, touched: () => void happened.push("touched"), own: {} } as unknown as WriterHost
  const documents: DocumentStore = makeDocumentStore(host)
  const conflicts = makeConflictStore(database, "sqlite3")
  for (const kind of entities.keys()) {
    await links.save(kind, [])
    await links.remove(kind, [])
    for (const find of ["find", "findByPeer", "findByAnnounced", "findByParent", "findReferring", "lock"] as const)
      expect(await links[find](kind, [])).toEqual([])
    await marks.add(kind, [])
    await marks.wake(kind, [])
    await marks.addLater(kind, [])
    expect(await marks.changedByPeople(kind, [])).toEqual(new Set())
    await documents.lock(kind, [])
    expect(await documents.read(kind, [])).toEqual(new Map())
    expect(await documents.present(kind, [])).toEqual(new Set())
    expect(await documents.findByKeys(kind, [])).toEqual([])
    expect(await documents.write(kind, [])).toEqual([])
    await documents.showPeer(kind, [])
  }
  await marks.clear([])
  await marks.postpone([], null)
  await marks.putBack([], new Date(0))
  await conflicts.add([])
  expect(await conflicts.lock([])).toEqual([])
  await conflicts.resolve([], "")
  await conflicts.told([])
  await addJournal(database, "sqlite3", [])
  expect(happened).toEqual([])
})
