import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { directusServer, findFreePort } from "../../scripts/stack/index.ts"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { PictureServer } from "../picture-server.ts"
import { directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

/** Directus's own list without this machine, on which the pictures lie. */
const permits = { IMPORT_IP_DENY_LIST: "169.254.169.254" }

let stack: Stack
let pictures: PictureServer
beforeAll(async () => {
  pictures = await PictureServer.start()
  stack = await Stack.make("images", { directusEnv: { MEDUSA_SYNC_IMAGES: "import", ...permits } })
  await stack.start()
})
afterAll(async () => {
  await stack?.stop()
  await pictures?.close()
})

const { unique, admin, cms, item, itemOf, upload } = makeRecords(() => stack)

interface Shown {
  id: string
  item: string
}

/** A product that Directus shows; its pictures may still be on their way. */
async function product(more: Record<string, unknown>): Promise<Shown> {
  const word = unique("pictured")
  const { product: made } = await admin<{ product: Row }>("/products", {
    title: word,
    handle: word,
    options: [{ title: `Size ${word}`, values: ["S"] }],
    ...more,
  })
  return { id: made.id, item: await itemOf("products", made.id) }
}

const thumbnailOf = async ({ item: id }: Shown) => {
  const { thumbnail, thumbnail_file } = await item("products", id)
  return { address: thumbnail as string | null, file: thumbnail_file as string | null }
}

/** The copy that the item shows of the address. */
const copyOf = (shown: Shown, address: string): Promise<string> =>
  eventually("the item shows a file, and the address stays", async () => {
    const { address: there, file } = await thumbnailOf(shown)
    expect(there).toBe(address)
    if (file === null) throw new Error("no file yet")
    return file
  })

const imagesOf = async ({ item: id }: Shown): Promise<Row[]> => {
  const filter = encodeURIComponent(JSON.stringify({ product: { _eq: id } }))
  return (await cms<{ data: Row[] }>(`/items/product_images?sort=rank&filter=${filter}`)).data
}

const countFiles = async (): Promise<number> =>
  Number((await stack.sqlDirectus("select count(*) n from directus_files"))[0]?.["n"])

const shopThumbnail = async ({ id }: Shown) => (await stack.shop.read(id)).thumbnail

const setThumbnail = (shown: Shown, thumbnail: string | null) => stack.shop.edit(shown.id, { thumbnail })

const refusals = async ({ item: id }: Shown): Promise<Row[]> =>
  (await cms<{ data: Row[] }>(`/medusa-sync/journal?item=${id}`)).data.filter(({ event }) => event === "image_refused")

const refusal = (shown: Shown): Promise<string> =>
  eventually("the journal tells of it", async () => {
    const [line] = await refusals(shown)
    if (!line) throw new Error("no line yet")
    return String(line["reason"])
  })

/** Every import that is on its way is over, and told to nobody. */
const rested = async (): Promise<void> => {
  await eventually("no picture waits", async () => {
    const status = (await stack.cms.status()) as unknown as { images: { waiting: number } }
    return status.images.waiting === 0
  })
  await stack.settled()
}

const assetOf = (file: string): string => `${stack.directus.url}/assets/${file}`

/** What Directus has told Medusa of. */
const told = (): string[] => stack.toMedusa.sent().flatMap(({ fields }) => Object.keys(fields))

describe("Medusa's pictures", () => {
  test("become files of Directus, and nothing is sent because of it", async () => {
    const [first, second] = [pictures.put("a1.png"), pictures.put("a2.png")]
    stack.toMedusa.forget()
    const shown = await product({ thumbnail: first, images: [{ url: first }, { url: second }] })
    const file = await copyOf(shown, first)
    const images = await eventually("its images have files", async () => {
      const found = await imagesOf(shown)
      expect(found.map(({ file: each }) => each)).toEqual([file, expect.any(String)])
      return found
    })
    expect(images.map(({ url }) => url)).toEqual([first, second])
    const { data } = await cms<{ data: Row }>(`/files/${file}?fields=*,folder.name`)
    expect(data).toMatchObject({ type: "image/png", folder: { name: "Medusa" }, width: 1, height: 1 })
    expect(data["title"]).toBe((await stack.shop.read(shown.id)).title)
    await rested()
    expect(stack.toMedusa.pushes).toEqual([])

    // The sync compares the whole item, and still has but the title to tell.
    await stack.cms.edit(shown.item, { title: "Pictured, edited" })
    await eventually("the title arrives", async () =>
      expect((await stack.shop.read(shown.id)).title).toBe("Pictured, edited"),
    )
    await rested()
    expect(told()).toEqual(["title"])
    expect(await shopThumbnail(shown)).toBe(first)
    expect([first, second].map((address) => pictures.asked(address))).toEqual([1, 1])
  })

  test("of one content are one file: under two addresses, on several items, and after a restart", async () => {
    const [one, other] = [pictures.put("b1.png", "b"), pictures.put("b2.png", "b")]
    const before = await countFiles()
    const all = await Promise.all([
      product({ thumbnail: one }),
      product({ thumbnail: other, images: [{ url: one }] }),
      product({ thumbnail: one }),
    ])
    const files = await Promise.all(all.map((shown, i) => copyOf(shown, i === 1 ? other : one)))
    expect(new Set(files).size).toBe(1)
    await rested()
    expect(await countFiles()).toBe(before + 1)
    expect([one, other].map((address) => pictures.asked(address))).toEqual([1, 1])

    stack.toMedusa.forget()
    await stack.directus.restart()
    const late = await product({ thumbnail: other })
    expect(await copyOf(late, other)).toBe(files[0])
    await rested()
    expect(await countFiles()).toBe(before + 1)
    expect([one, other].map((address) => pictures.asked(address))).toEqual([1, 1])
    expect(stack.toMedusa.pushes).toEqual([])
  })

  test("are replaced when Medusa names another one", async () => {
    const [old, next] = [pictures.put("c1.png"), pictures.put("c2.png")]
    const shown = await product({ thumbnail: old, images: [{ url: old }] })
    const first = await copyOf(shown, old)
    stack.toMedusa.forget()
    await setThumbnail(shown, next)
    const second = await copyOf(shown, next)
    expect(second).not.toBe(first)
    await setThumbnail(shown, old)
    expect(await copyOf(shown, old)).toBe(first)
    await rested()
    expect(pictures.asked(old)).toBe(1)
    expect(stack.toMedusa.pushes).toEqual([])
  })
})

describe("an editor", () => {
  test("who picks another file gives that one to Medusa, and takes it back by clearing it", async () => {
    const address = pictures.put("d.png")
    const shown = await product({ thumbnail: address })
    await copyOf(shown, address)
    const own = await upload("own.svg")
    await stack.cms.edit(shown.item, { thumbnail_file: own })
    await eventually("Medusa shows it", async () => expect(await shopThumbnail(shown)).toBe(assetOf(own)))
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file: own })

    await stack.cms.edit(shown.item, { thumbnail_file: null })
    await eventually("Medusa shows its own again", async () => expect(await shopThumbnail(shown)).toBe(address))
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
  })

  test("who types another address beside a copy is heard, and the old copy is taken off", async () => {
    const [address, typed] = [pictures.put("e1.png"), pictures.put("e2.png")]
    const shown = await product({ thumbnail: address })
    await copyOf(shown, address)
    await stack.cms.edit(shown.item, { thumbnail: typed })
    await eventually("Medusa shows it", async () => expect(await shopThumbnail(shown)).toBe(typed))
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address: typed, file: null })
    expect(pictures.asked(typed)).toBe(0)
  })

  test("who clears or deletes a copy keeps the address, and gets no new copy before there is another picture", async () => {
    const [address, next] = [pictures.put("f1.png"), pictures.put("f2.png")]
    const [cleared, deleted] = await Promise.all([product({ thumbnail: address }), product({ thumbnail: address })])
    const file = await copyOf(cleared, address)
    expect(await copyOf(deleted, address)).toBe(file)
    await rested()
    stack.toMedusa.forget()
    await stack.cms.edit(cleared.item, { thumbnail_file: null })
    await cms(`/files/${file}`, "DELETE")
    await rested()
    await stack.directus.restart()

    // Another item gets the same picture anew; these two stay as the editor left them.
    const third = await product({ thumbnail: address })
    expect(await copyOf(third, address)).not.toBe(file)
    await rested()
    for (const shown of [cleared, deleted]) {
      expect(await thumbnailOf(shown)).toEqual({ address, file: null })
      expect(await shopThumbnail(shown)).toBe(address)
    }
    expect(pictures.asked(address)).toBe(2)
    expect(stack.toMedusa.pushes).toEqual([])
    await setThumbnail(deleted, next)
    await copyOf(deleted, next)
  })
})

describe("what goes wrong", () => {
  test("no picture: the address stays, the journal tells it once, and nobody is asked again", async () => {
    const address = pictures.putText("g.png", "text/html", "<h1>Not found</h1>")
    const before = await countFiles()
    const shown = await product({ thumbnail: address, images: [{ url: pictures.put("g2.png") }] })
    expect(await refusal(shown)).toMatch(/no picture.*FILES_MIME_TYPE_ALLOW_LIST/)
    await eventually("the other picture is here", async () =>
      expect((await imagesOf(shown))[0]?.["file"]).not.toBeNull(),
    )
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    expect(await shopThumbnail(shown)).toBe(address)
    expect(await countFiles()).toBe(before + 1)
    const asked = pictures.asked(address)
    await setThumbnail(shown, pictures.put("g3.png"))
    await copyOf(shown, `${pictures.url}/g3.png`)
    expect(pictures.asked(address)).toBe(asked)
    expect(await refusals(shown)).toHaveLength(1)
  })

  test("a server that is down: the apply goes on, and the picture comes when the server is back", async () => {
    const address = pictures.put("h.png")
    await pictures.close()
    const shown = await product({ thumbnail: address })
    await eventually("a try has failed", async () => {
      const [row] = await stack.sqlDirectus("select attempts from medusa_sync_image where address = $1", [address])
      return Number(row?.["attempts"]) > 0
    })
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    await pictures.open()
    await eventually("the picture is here", async () => expect((await thumbnailOf(shown)).file).not.toBeNull(), {
      within: 90_000,
    })
    expect(await refusals(shown)).toEqual([])
  })

  test("a picture that never ends or never begins is left after a minute, and no edit waits for it", async () => {
    const before = await countFiles()
    const slow = await product({ thumbnail: pictures.endless("slow.png", "drip") })
    const silent = await product({ thumbnail: pictures.endless("silent.png", "silent") })
    for (const shown of [slow, silent]) {
      const { address } = await thumbnailOf(shown)
      await eventually("it is asked for", () => pictures.asked(address ?? "") === 1, { within: 75_000 })
      const title = unique("edited meanwhile")
      await stack.shop.edit(shown.id, { title })
      await eventually(
        "an edit of the shop arrives",
        async () => expect((await stack.cms.read(shown.item))["title"]).toBe(title),
        { within: 5_000 },
      )
      await stack.cms.edit(shown.item, { material: title })
      await eventually(
        "an edit of Directus arrives",
        async () => expect((await stack.shop.read(shown.id)).material).toBe(title),
        { within: 5_000 },
      )
      expect(pictures.left(address ?? "")).toBe(0)
      await eventually("it is left", () => pictures.left(address ?? "") === 1, { within: 75_000 })
      expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    }
    const next = pictures.put("after-slow.png")
    const last = await product({ thumbnail: next })
    // One that failed may have begun once more before it was there; the other one stands behind it.
    await eventually("the next one comes", async () => (await thumbnailOf(last)).file !== null, { within: 75_000 })
    expect(await countFiles()).toBe(before + 1)
    // They would be tried again, and one may be.
    const addresses = await Promise.all([slow, silent].map(async (shown) => (await thumbnailOf(shown)).address ?? ""))
    for (const shown of [slow, silent]) await setThumbnail(shown, null)
    await rested()
    await eventually(
      "none is under way",
      () => addresses.every((address) => pictures.asked(address) === pictures.left(address)),
      { within: 75_000 },
    )
  }, 300_000)

  test("Directus is killed in the middle of an import: one file in the end", async () => {
    const address = pictures.put("i.png")
    const before = await countFiles()
    pictures.hold(address)
    const shown = await product({ thumbnail: address })
    await eventually("half of the file is there", async () => expect(await countFiles()).toBe(before + 1))
    await stack.directus.kill("SIGKILL")
    pictures.release()
    await stack.directus.start()
    await eventually("the picture is here", async () => expect((await thumbnailOf(shown)).file).not.toBeNull(), {
      within: 60_000,
    })
    await rested()
    expect(await countFiles()).toBe(before + 1)
    const { file } = await thumbnailOf(shown)
    const asset = await fetch(assetOf(file ?? ""), { headers: { authorization: `Bearer ${directusToken}` } })
    expect(asset.headers.get("content-type")).toMatch(/image\/png/)
    expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(60)
  })

  test("two instances import each picture once", async () => {
    const port = await findFreePort()
    const twin = directusServer({
      projectDir: join(stack.dir, "directus"),
      env: { ...stack.directusEnv(), PUBLIC_URL: stack.directus.url },
      logFile: join(stack.dir, "twin", "directus.log"),
      port,
    })
    try {
      await twin.start()
      const before = await countFiles()
      const addresses = Array.from({ length: 12 }, (_, n) => pictures.put(`j${String(n)}.png`, `j${String(n % 6)}`))
      const shown = await product({ images: addresses.map((url) => ({ url })) })
      await eventually("all have files", async () => {
        const files = (await imagesOf(shown)).map(({ file }) => file)
        expect(files.filter(Boolean)).toHaveLength(12)
        expect(new Set(files).size).toBe(6)
      })
      await rested()
      expect(await countFiles()).toBe(before + 6)
      expect(addresses.map((address) => pictures.asked(address))).toEqual(addresses.map(() => 1))
    } finally {
      await twin.stop()
    }
  })
})

describe("the settings of Directus", () => {
  const restartWith = async (change: Record<string, string | undefined>) => {
    await stack.directus.stop()
    stack.writeCms(change)
    await stack.directus.start()
    await rested()
  }

  test("its deny list holds: by default nothing comes from its own machine, the journal says what to do, the address shows", async () => {
    await restartWith({ IMPORT_IP_DENY_LIST: undefined })
    const address = pictures.put("k.png")
    const shown = await product({ thumbnail: address })
    expect(await refusal(shown)).toMatch(/IMPORT_IP_DENY_LIST.*restart Directus/)
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    expect(await shopThumbnail(shown)).toBe(address)
    await stack.directus.restart()
    await rested()
    expect(await refusals(shown)).toHaveLength(1)
    expect(pictures.asked(address)).toBe(0)

    await restartWith(permits)
    await copyOf(shown, address)
  })

  test("its deny list holds for each spelling of its own machine, and for where a redirect leads", async () => {
    const denied = await PictureServer.start("127.0.0.3")
    try {
      await restartWith({ IMPORT_IP_DENY_LIST: undefined })
      const port = new URL(pictures.url).port
      pictures.put("own.png")
      const hosts = ["localhost", "127.1", "127.0.0.1", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"]
      for (const host of hosts) {
        const shown = await product({ thumbnail: `http://${host}:${port}/own.png` })
        expect(await refusal(shown), host).toMatch(/IMPORT_IP_DENY_LIST/)
        // After a start it would be tried again.
        await setThumbnail(shown, null)
      }
      expect(pictures.asked(`${pictures.url}/own.png`)).toBe(0)

      await restartWith({ IMPORT_IP_DENY_LIST: "127.0.0.3" })
      const hidden = denied.put("hidden.png")
      const refused = await product({ thumbnail: hidden })
      expect(await refusal(refused)).toMatch(/IMPORT_IP_DENY_LIST/)
      await setThumbnail(refused, null)
      const far = pictures.redirect("far.png", pictures.redirect("farther.png", pictures.put("farthest.png")))
      await copyOf(await product({ thumbnail: far }), far)
      const way = pictures.redirect("way.png", hidden)
      const shown = await product({ thumbnail: way })
      await eventually("a try has failed", async () => {
        const [row] = await stack.sqlDirectus("select attempts from medusa_sync_image where address = $1", [way])
        return Number(row?.["attempts"]) > 0
      })
      expect(pictures.asked(way)).toBe(1)
      expect(denied.asked(hidden)).toBe(0)
      expect(await thumbnailOf(shown)).toEqual({ address: way, file: null })
      await setThumbnail(shown, far)
    } finally {
      await denied.close()
      await restartWith(permits)
    }
  }, 300_000)

  test("its limit of size for uploads holds: what is larger is left there, and the journal says so", async () => {
    await restartWith({ FILES_MAX_UPLOAD_SIZE: "200kb" })
    const before = await countFiles()
    const address = pictures.endless("flood.png", "flood")
    const shown = await product({ thumbnail: address })
    expect(await refusal(shown)).toMatch(/^The picture is larger than 0\.2 MB.*FILES_MAX_UPLOAD_SIZE/)
    await eventually("it is left", () => pictures.left(address) === 1)
    const small = pictures.putText("small.png", "image/png", Buffer.alloc(150 * 1024))
    await copyOf(await product({ thumbnail: small }), small)
    expect(await countFiles()).toBe(before + 1)
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    await setThumbnail(shown, null)
    await rested()
    await restartWith({})
  })

  test("pictures that were there before the import was switched on are imported, what an editor typed is not", async () => {
    await restartWith({ MEDUSA_SYNC_IMAGES: "link" })
    const [address, typed] = [pictures.put("l1.png"), pictures.put("l2.png")]
    const shown = await product({ thumbnail: address })
    const own = await product({})
    await stack.cms.edit(own.item, { thumbnail: typed })
    await eventually("Medusa shows it", async () => expect(await shopThumbnail(own)).toBe(typed))
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file: null })
    expect(pictures.asked(address)).toBe(0)

    stack.toMedusa.forget()
    await restartWith({ MEDUSA_SYNC_IMAGES: "import" })
    const file = await copyOf(shown, address)
    await rested()
    expect(await thumbnailOf(own)).toEqual({ address: typed, file: null })
    expect(pictures.asked(typed)).toBe(0)

    // Switched off again, what was copied still stands for the address.
    await restartWith({ MEDUSA_SYNC_IMAGES: "link" })
    await stack.cms.edit(shown.item, { material: "cotton" })
    await eventually("the edit arrives", async () => expect((await stack.shop.read(shown.id)).material).toBe("cotton"))
    await rested()
    expect(await thumbnailOf(shown)).toEqual({ address, file })
    expect(told()).toEqual(["material"])
  })
})
