import { eventually } from "../eventually.ts"
import { demoProduct, marked } from "./catalogue.ts"
import { timed, type TourStep } from "./tour.ts"

export const storyIsOnThePage: TourStep = {
  title: "A story edited in Directus is on the storefront's page after a reload, in both languages",
  async run(context) {
    const { cms, storefront, token } = context
    const { product, item } = await demoProduct(context, "t-shirt")
    const german = await cms.textsOf(item.id, "de")
    if (!german || item.story === null) throw new Error("The demo's stories are not in Directus any more.")
    const page = async (language: string): Promise<string> => {
      const answer = await fetch(`${storefront.url}/${language}/products/${product.handle}`)
      if (!answer.ok) throw new Error(`the storefront answered ${answer.status}`)
      return answer.text()
    }
    const texts = { en: marked("Edited just now", token), de: marked("Gerade geändert", token) }
    await cms.edit(item.id, {
      story: texts.en,
      translations: { create: [], update: [{ id: german.id, story: texts.de }], delete: [] },
    })
    const shown = eventually("both pages show it", async () => {
      const [english, deutsch] = await Promise.all([page("en"), page("de")])
      return english.includes(texts.en) && deutsch.includes(texts.de)
    })
    const [ms] = await timed(shown).finally(() =>
      cms.edit(item.id, {
        story: item.story,
        translations: { create: [], update: [{ id: german.id, story: german.story }], delete: [] },
      }),
    )
    return { ms, notes: [`"${texts.en}" at ${storefront.url}/en/products/${product.handle}, "${texts.de}" at /de`] }
  },
}
