import type { Cms } from "../cms.ts"
import { addEditorsFields } from "./editors-fields.ts"
import { drawCover } from "./draw-cover.ts"
import { stories } from "./stories.ts"

/** Lays down the editors' fields and fills them, where nobody has written anything yet. */
export async function writeStories(cms: Cms): Promise<void> {
  await addEditorsFields(cms)
  for (const item of await cms.items()) {
    const written = stories[item.handle ?? ""]
    if (!written || item.story !== null) continue
    const german = await cms.textsOf(item.id, "de")
    const name = `${item.handle}.svg`
    const cover = await cms.upload({ name, svg: drawCover(item.handle ?? "") })
    await cms.edit(item.id, {
      ...written.en,
      cover,
      translations: german
        ? { create: [], update: [{ id: german.id, ...written.de }], delete: [] }
        : { create: [{ languages_code: "de", ...written.de }], update: [], delete: [] },
    })
  }
}
