import { resolveConfig, type ConflictStore, type LinkStore, type MarkStore } from "medusa-directus-core/host"
import { expect, it } from "vitest"
import { makeDocumentStore, type DocumentStoreParts } from "../src/ports/document-store"
import { makeConflictStore, makeJournal } from "../src/ports/history-store"
import { makeLinkStore } from "../src/ports/link-store"
import { makeMarkStore } from "../src/ports/mark-store"
import type { Transaction } from "../src/database/sql"

it("an empty list asks the database nothing", async () => {
  const asked: unknown[] = []
  const sql = { raw: (text: unknown) => (asked.push(text), Promise.resolve({ rows: [] })) } as unknown as Transaction
  const links: LinkStore = makeLinkStore(sql)
  const marks: MarkStore = makeMarkStore(sql, "me")
  const conflicts: ConflictStore = makeConflictStore(sql)
  for (const mayRefuse of [false, true]) {
    for (const [name, entity] of resolveConfig({}).entities) {
      const documents = makeDocumentStore({
        sql,
        kinds: () => ({ entity, kind: { table: name, select: () => "" } }),
        rules: { mayRefuse: () => mayRefuse, admits: () => true },
      } as unknown as DocumentStoreParts)
      await documents.lock(name, [])
      expect(await documents.read(name, [])).toEqual(new Map())
      expect(await documents.present(name, [])).toEqual(new Set())
      expect(await documents.findByKeys(name, [])).toEqual([])
      expect(await documents.write(name, [])).toEqual([])
      expect(await documents.taken(name, [])).toEqual([])
      await documents.showPeer(name, [])
    }
  }
  await links.save("product", [])
  await links.remove("product", [])
  for (const find of ["find", "findByPeer", "findByAnnounced", "findByParent", "findReferring", "lock"] as const)
    expect(await links[find]("product", [])).toEqual([])
  await marks.add("product", [])
  await marks.wake("product", [])
  await marks.addLater("product", [])
  expect(await marks.changedByPeople("product", [])).toEqual(new Set())
  await marks.clear([])
  await marks.postpone([], null)
  await marks.putBack([], new Date(0))
  await conflicts.add([])
  expect(await conflicts.lock([])).toEqual([])
  await conflicts.resolve([], "")
  await conflicts.told([])
  await makeJournal(sql).addJournal([])
  expect(asked).toEqual([])
})
