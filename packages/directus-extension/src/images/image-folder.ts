import { SYSTEM, type HostContext } from "../host-context"

/** The same everywhere, so that two instances make one folder and an editor may rename it. */
const FOLDER = "6d656475-7361-4d65-8475-736173796e63"

/** The folder of Directus's library in which copies lie; made when it is not there. */
export async function imageFolder({ database, getSchema, services }: HostContext): Promise<string> {
  const isThere = async () => (await database("directus_folders").where({ id: FOLDER }).first("id")) !== undefined
  if (await isThere()) return FOLDER
  try {
    const options = { knex: database, schema: await getSchema(), accountability: SYSTEM }
    await new services.FoldersService(options).createOne({ id: FOLDER, name: "Medusa" })
  } catch (error) {
    // Another instance was quicker.
    if (!(await isThere())) throw error
  }
  return FOLDER
}
