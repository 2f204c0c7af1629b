import { eventually } from "../eventually.ts"
import { demoProduct, marked, restoreTexts, sameTexts } from "./catalogue.ts"
import { timed, type TourStep } from "./tour.ts"

export const catalogueIsThere: TourStep = {
  title: "The catalogue of Medusa is in Directus",
  async run({ shop, cms }) {
    const products = await shop.products()
    const compare = async () => {
      const items = new Map((await cms.items()).map((item) => [item.medusa_id, item]))
      const different = products.filter((product) => {
        const item = items.get(product.id)
        return !item || !sameTexts(product, item)
      })
      if (different.length > 0) throw new Error(`not equal: ${different.map(({ title }) => title).join(", ")}`)
      return true
    }
    const [ms] = await timed(eventually("every product is equal on both sides", compare))
    return { ms, notes: [products.map(({ title }) => title).join(", ")] }
  },
}

export const titleArrives: TourStep = {
  title: "A title edited in Medusa arrives in Directus",
  async run(context) {
    const { shop, cms, token } = context
    const { product } = await demoProduct(context, "t-shirt")
    const title = marked(product.title, token)
    await shop.edit(product.id, { title })
    const [ms] = await timed(
      eventually("the title is in Directus", async () => (await cms.itemOf(product.id))?.title === title),
    )
    await restoreTexts(context, product.id)
    return { ms, notes: [`"${title}"`] }
  },
}

export const descriptionArrives: TourStep = {
  title: "A description edited in Directus arrives in Medusa",
  async run(context) {
    const { shop, cms, token } = context
    const { product, item } = await demoProduct(context, "sweatshirt")
    const description = marked(item.description ?? "", token)
    await cms.edit(item.id, { description })
    const [ms] = await timed(
      eventually(
        "the description is in Medusa",
        async () => (await shop.product(product.id)).description === description,
      ),
    )
    await restoreTexts(context, product.id)
    return { ms, notes: [`"…${description.slice(-50)}"`] }
  },
}
