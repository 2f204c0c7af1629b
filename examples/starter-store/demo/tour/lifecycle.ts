import { eventually } from "../eventually.ts"
import type { Product } from "../shop.ts"
import type { TourContext, TourStep } from "./tour.ts"
import { timed } from "./tour.ts"

const handleOf = (token: string): string => `demo-cap-${token}`
const sizes = ["S", "M"]

export const productAppears: TourStep = {
  title: "A product made in Directus with options and variants is one product in Medusa",
  async run({ shop, cms, token }) {
    const handle = handleOf(token)
    await cms.create({
      title: "Medusa Cap",
      handle,
      description: "Written in Directus.",
      status: "published",
      options: [{ title: "Size", values: sizes }],
      variants: sizes.map((size, rank) => ({
        title: size,
        rank,
        sku: `${handle}-${size}`,
        options: [{ name: "Size", value: size }],
        prices: [{ currency_code: "eur", amount: "12.5" }],
      })),
    })
    const arrived = eventually("the product is in Medusa with both variants", async () => {
      const [product, second] = await shop.products({ handle })
      if (second) throw new Error("Medusa has two products of that handle.")
      return product?.variants?.length === sizes.length && product
    })
    const [ms, product] = await timed(arrived)
    return { ms, notes: [`${product.id}, ${product.status}, ${describeOptions(product)}`] }
  },
}

function describeOptions({ options, variants }: Product): string {
  const inOrder = [...(variants ?? [])].sort((a, b) => (a.variant_rank ?? 0) - (b.variant_rank ?? 0))
  return `${options?.map(({ title }) => title).join(", ")}: ${inOrder.map(({ title }) => title).join(", ")}`
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
        `archived after ${archivedMs.toFixed(0)} ms, back under its old id with its variants after ${restoredMs.toFixed(0)} ms`,
      ],
    }
  },
}

/** Takes the tours' own products away, those of interrupted tours too. */
export async function removeTourProducts({ shop, cms }: Pick<TourContext, "shop" | "cms">): Promise<void> {
  const ours = ({ handle }: { handle: string | null }) => /^demo-(cap|longsleeve)-[0-9a-f]{6}$/.test(handle ?? "")
  for (const { id } of (await shop.products()).filter(ours)) {
    await shop.remove(id)
    // Medusa keeps them when the product goes.
    await shop.removeTranslations(id)
  }
  for (const { id } of (await cms.items()).filter(ours)) await cms.remove(id)
}
