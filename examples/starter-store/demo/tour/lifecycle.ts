import { eventually } from "../eventually.ts"
import type { TourContext, TourStep } from "./tour.ts"
import { timed } from "./tour.ts"

const prefix = "demo-cap-"
const handleOf = (token: string): string => `${prefix}${token}`

export const productAppears: TourStep = {
  title: "A product created in Directus appears in Medusa",
  async run({ shop, cms, token }) {
    const handle = handleOf(token)
    await cms.create({ title: "Medusa Cap", handle, description: "Written in Directus.", status: "published" })
    const arrived = eventually("the product is in Medusa", async () => (await shop.products({ handle }))[0])
    const [ms, product] = await timed(arrived)
    return { ms, notes: [`${product.id}, ${product.status}, ${product.variants?.length ?? 0} variant`] }
  },
}

export const deleteArchives: TourStep = {
  title: "A delete in Medusa archives in Directus, a restore brings it back",
  async run({ shop, cms, token }) {
    const [product] = await shop.products({ handle: handleOf(token) })
    if (!product) throw new Error("The product of the step before is not in Medusa.")
    const statusIs = (status: string) => async () => {
      const item = await cms.itemOf(product.id)
      return item?.status === status ? item : undefined
    }
    const linked = await eventually("the product is linked", statusIs("published"))

    await shop.remove(product.id)
    const [archivedMs] = await timed(eventually("the product is archived in Directus", statusIs("archived")))
    await cms.edit(linked.id, { status: "published" })
    const back = eventually("the product is back in Medusa", async () => {
      const { status, variants } = await shop.product(product.id)
      return status === "published" && variants?.length === product.variants?.length
    })
    const [restoredMs] = await timed(back)
    return {
      ms: archivedMs + restoredMs,
      notes: [
        `archived after ${archivedMs.toFixed(0)} ms, back under its old id with its variant after ${restoredMs.toFixed(0)} ms`,
      ],
    }
  },
}

/** Takes the tours' own products away, those of interrupted tours too. */
export async function removeTourProducts({ shop, cms }: Pick<TourContext, "shop" | "cms">): Promise<void> {
  const ours = ({ handle }: { handle: string | null }) => handle?.startsWith(prefix)
  for (const { id } of (await shop.products()).filter(ours)) await shop.remove(id)
  for (const { id } of (await cms.items()).filter(ours)) await cms.remove(id)
}
