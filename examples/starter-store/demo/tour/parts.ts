import { eventually } from "../eventually.ts"
import { demoProduct } from "./catalogue.ts"
import { timed, type TourContext, type TourStep } from "./tour.ts"

const handleOf = (token: string): string => `demo-longsleeve-${token}`
/** They are passed on by address: neither side loads them. */
const pictures = ["front", "back"].map(
  (view) => `https://medusa-public-images.s3.eu-west-1.amazonaws.com/ls-black-${view}.png`,
)
const sizes = ["S", "M"]
const nameOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1)

export const wholeProductArrives: TourStep = {
  title: "A product with variants, images and a category arrives in Directus",
  async run(context) {
    const { shop, cms, token } = context
    const { product: model } = await demoProduct(context, "t-shirt")
    const { id } = await shop.create({
      title: "Medusa Longsleeve",
      description: "Made of cotton.",
      handle: handleOf(token),
      status: "published",
      images: pictures.map((url) => ({ url })),
      options: [{ title: "Size", values: sizes }],
      variants: sizes.map((size, rank) => ({
        title: size,
        sku: `${handleOf(token)}-${size}`,
        variant_rank: rank,
        options: { Size: size },
        prices: [{ currency_code: "eur", amount: 18 }],
      })),
      categories: (model.categories ?? []).map((category) => ({ id: category.id })),
      tags: (model.tags ?? []).map((tag) => ({ id: tag.id })),
      sales_channels: (model.sales_channels ?? []).map((channel) => ({ id: channel.id })),
      ...(model.collection ? { collection_id: model.collection.id } : {}),
    })
    const arrived = eventually("the product and its parts are in Directus", async () => {
      const item = await cms.wholeItemOf(id)
      const isWhole =
        item?.variants.length === sizes.length &&
        item.variants.every(({ prices }) => prices?.length === 1) &&
        item.images.map(({ url }) => url).join() === pictures.join() &&
        item.categories.length === model.categories?.length
      return isWhole && item
    })
    const [ms, { variants, images, categories, collection, tags }] = await timed(arrived)
    const paths = categories.map(({ product_categories_id: { name, parent } }) =>
      [...(parent ? [parent.name] : []), name].join(" › "),
    )
    const priced = variants.map(({ title, prices }) => `${title} ${prices?.[0]?.amount} ${prices?.[0]?.currency_code}`)
    return {
      ms,
      notes: [
        `${priced.join(", ")}; images ${images.map(({ url }) => nameOf(url)).join(", ")}`,
        `${paths.join(", ")}; collection ${collection?.title ?? "none"}; tags ${tags?.join(", ")}`,
      ],
    }
  },
}

export const partsComeBack: TourStep = {
  title: "A variant's title and the order of images, edited in Directus, arrive in Medusa",
  async run({ shop, cms, token }) {
    const { id, item } = await longsleeve({ shop, cms, token })
    const [first, second] = item.images
    const variant = item.variants.find(({ title }) => title === "S")
    if (!variant || !first || !second) throw new Error("The product of the step before is not whole.")
    await cms.edit(item.id, {
      variants: { create: [], update: [{ id: variant.id, title: "Small" }], delete: [] },
      images: {
        create: [],
        update: [
          { id: second.id, rank: 0 },
          { id: first.id, rank: 1 },
        ],
        delete: [],
      },
    })
    const arrived = eventually("Medusa shows both changes", async () => {
      const { variants, images } = await shop.product(id)
      const urls = [...(images ?? [])].sort((a, b) => a.rank - b.rank).map(({ url }) => url)
      const isSame = urls.join() === [second.url, first.url].join() && urls.length === pictures.length
      return isSame && variants?.some(({ title }) => title === "Small") && urls
    })
    const [ms, urls] = await timed(arrived)
    return { ms, notes: [`"S" is "Small"; images ${urls.map(nameOf).join(", ")}`] }
  },
}

/** The product of {@link wholeProductArrives}, on both sides. */
export async function longsleeve({ shop, cms, token }: Pick<TourContext, "shop" | "cms" | "token">) {
  const [product] = await shop.products({ handle: handleOf(token) })
  const item = product && (await cms.wholeItemOf(product.id))
  if (!product || !item) throw new Error("The product of the step before is not on both sides.")
  return { id: product.id, item }
}
