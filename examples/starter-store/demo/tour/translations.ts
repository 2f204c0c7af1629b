import { eventually } from "../eventually.ts"
import { longsleeve } from "./parts.ts"
import { timed, type TourStep } from "./tour.ts"

const locale = "de-DE"
const language = "de"
const texts = { title: "Medusa Langarmshirt", description: "Aus Baumwolle." }

export const translationGoesOverAndBack: TourStep = {
  title: "A translation made in Medusa arrives in Directus; edited there, customers see it",
  async run(context) {
    const { shop, cms } = context
    const { id, item } = await longsleeve(context)
    await shop.translate(id, locale, texts)
    const over = eventually("the German texts are in Directus", async () => {
      const german = await cms.textsOf(item.id, language)
      return german?.title === texts.title && german.description === texts.description && german
    })
    const [overMs, german] = await timed(over)

    const title = `${texts.title} in Schwarz`
    await cms.edit(item.id, { translations: { create: [], update: [{ id: german.id, title }], delete: [] } })
    const back = eventually("a customer who reads German sees the new title", async () => {
      const product = await shop.asCustomer(id, locale)
      return product.title === title && product.description === texts.description
    })
    const [backMs] = await timed(back)
    const { title: original } = await shop.product(id)
    return {
      ms: overMs + backMs,
      notes: [
        `"${texts.title}" after ${overMs.toFixed(0)} ms, "${title}" at /store/products?locale=${locale} after ${backMs.toFixed(0)} ms`,
        `the original is still "${original}"`,
      ],
    }
  },
}
