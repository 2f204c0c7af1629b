import { eventually } from "../eventually.ts"
import type { Conflict } from "../shop.ts"
import { demoProduct, marked, restoreTexts } from "./catalogue.ts"
import { timed, type TourContext, type TourStep } from "./tour.ts"

/**
 * Nothing that one side says can reach the other before both edits are saved: Directus is down for the first one, and
 * Medusa is held by SIGSTOP for the second.
 */
async function editBothApart({ medusa, directus, shop, cms }: TourContext, id: string, itemId: string, titles: Titles) {
  await directus.stop()
  await shop.edit(id, { title: titles.medusa })
  medusa.signal("SIGSTOP")
  await directus.start()
  await cms.edit(itemId, { title: titles.directus })
  medusa.signal("SIGCONT")
}

type Titles = { medusa: string; directus: string }

export const conflictIsKept: TourStep = {
  title: "One title edited on both sides at once: they agree, the loser is kept",
  async run(context) {
    const { shop, cms, token } = context
    const { product, item } = await demoProduct(context, "sweatpants")
    const titles = {
      medusa: marked(product.title, token, "Medusa"),
      directus: marked(product.title, token, "Directus"),
    }
    await withBothUp(context, () => editBothApart(context, product.id, item.id, titles))

    const isLoser = ({ losingValue }: Conflict) => losingValue === titles.directus
    const settled = eventually("both sides agree and the loser is in the inbox", async () => {
      const [here, there] = [await shop.product(product.id), await cms.itemOf(product.id)]
      const rows = {
        Medusa: (await shop.conflicts(product.id)).find(isLoser),
        Directus: (await cms.conflicts()).find(isLoser),
      }
      const row = rows.Medusa ?? rows.Directus
      const inboxes = Object.entries(rows).flatMap(([name, found]) => (found ? [name] : []))
      return here.title === titles.medusa && there?.title === titles.medusa && row ? { row, inboxes } : undefined
    })
    const [ms, { row, inboxes }] = await timed(settled)
    await restoreTexts(context, product.id)
    return {
      ms,
      notes: [
        `both sides: "${titles.medusa}"`,
        `inbox of ${inboxes.join(" and ")}: ${row.kind} edit of "${row.field}", ${row.losingSide} lost "${String(row.losingValue)}"`,
      ],
    }
  },
}

export const outageIsBridged: TourStep = {
  title: "Directus down, edited in Medusa, Directus up again: the edit arrives",
  async run(context) {
    const { directus, shop, cms, token } = context
    const { product } = await demoProduct(context, "shorts")
    const title = marked(product.title, token)
    await withBothUp(context, async () => {
      await directus.stop()
      await shop.edit(product.id, { title })
      await directus.start()
    })
    const arrived = eventually("the title is in Directus", async () => (await cms.itemOf(product.id))?.title === title)
    const [ms] = await timed(arrived)
    await restoreTexts(context, product.id)
    return { ms, notes: [`"${title}", without a command, counted from Directus being up`] }
  },
}

/** Whatever happens, the next step finds both servers running. */
async function withBothUp({ medusa, directus }: TourContext, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } finally {
    medusa.signal("SIGCONT")
    if (!directus.running) await directus.start()
  }
}
