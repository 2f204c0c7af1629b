// Run by: npm run demo
import { stopAll, stopAllOnSignal, storefrontServer } from "../../../scripts/stack/index.ts"
import { readArguments, usage, type DemoOptions } from "./arguments.ts"
import { openCms } from "./cms.ts"
import { writeStories } from "./content/write-stories.ts"
import { dataFolder, forgetLogs, logs, readSecrets, resetData, type Secrets } from "./data-folder.ts"
import { foreignDatabases } from "./databases.ts"
import { eventually, reasonOf } from "./eventually.ts"
import { printStep, printTable } from "./print-tour.ts"
import { step } from "./progress.ts"
import { leaveDataFolder, takeDataFolder } from "./run-lock.ts"
import { openShop } from "./shop.ts"
import { startStore, type Store } from "./start-store.ts"
import { CATALOGUE_PICTURES } from "./starter-apps.ts"
import { restoreCatalogue } from "./tour/catalogue.ts"
import { removeTourProducts } from "./tour/lifecycle.ts"
import { steps } from "./tour/steps.ts"
import { newToken, runTour, type TourContext } from "./tour/tour.ts"

const demoProducts = 4
let interrupted = false

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    interrupted = true
    console.log("\nStopping everything …")
  })
stopAllOnSignal()
process.on("exit", leaveDataFolder)

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)))
} catch (error) {
  // While everything is being stopped whatever fails fails because of that.
  if (!interrupted) console.error(`\n${reasonOf(error)}`)
  process.exitCode = 1
}
if (!interrupted) {
  await stopAll()
  process.exit()
}

/** @returns the exit code */
async function main(options: DemoOptions): Promise<number> {
  if (options.help) {
    console.log(usage)
    return 0
  }
  await takeDataFolder(options)
  if (options.reset) await reset(options)
  forgetLogs()
  const secrets = readSecrets()
  const store = await startStore(options, secrets)
  const context = await connect(store, secrets, options)

  console.log("\nThe tour:")
  const results = await runTour(steps, context, printStep)
  await step("the tour's own product is taken away", () => removeTourProducts(context))
  printTable(results)
  if (options.once) return results.every(({ held }) => held) ? 0 : 1

  printAddresses(context, secrets)
  await whileAllRun(context)
  return 1
}

async function reset(options: DemoOptions): Promise<void> {
  if (foreignDatabases)
    throw new Error(
      `--reset empties the demo's own databases only. Empty the ones that the environment names, delete ${dataFolder} and run this without --reset.`,
    )
  resetData()
  await takeDataFolder(options)
}

async function connect(store: Store, { admin }: Secrets, options: DemoOptions): Promise<TourContext> {
  const [shop, cms] = await Promise.all([openShop(store.medusa.url, admin), openCms(store.directus.url, admin)])
  await Promise.all([shop.knowAgain(), cms.knowAgain()])
  const storefront = storefrontServer({
    medusaUrl: store.medusa.url,
    publishableKey: shop.publishableKey,
    port: options.storefrontPort,
    logFile: logs.storefront,
    imageOrigins: [store.directus.url, CATALOGUE_PICTURES],
  })
  const context = { ...store, storefront, shop, cms, token: newToken() }
  await cms.showModule()
  await step(`the catalogue arrives in Directus`, () =>
    eventually(`${demoProducts} products are in Directus`, async () => {
      const linked = (await cms.items()).filter((item) => item.medusa_id !== null)
      return linked.length >= demoProducts
    }),
  )
  await removeTourProducts(context)
  await restoreCatalogue(context)
  await step("Directus: the editors' own fields and stories", () => writeStories(cms))
  await step("The storefront: start", () => storefront.start())
  return context
}

function printAddresses({ medusa, directus, storefront }: TourContext, { admin }: Secrets): void {
  console.log(`
  Medusa Admin  ${medusa.url}/app
  Directus      ${directus.url}/admin   (the sync: ${directus.url}/admin/medusa-sync)
  Storefront    ${storefront.url}/en   and in German ${storefront.url}/de
  login         ${admin.email}  ${admin.password}   (the same in Medusa Admin and Directus)
  logs          ${logs.medusa}
                ${logs.directus}
                ${logs.storefront}

  All of them keep running. Ctrl-C stops everything.`)
}

/** Resolves never, unless a server ends by itself. */
async function whileAllRun({ medusa, directus, storefront }: TourContext): Promise<void> {
  const ended = await Promise.race([medusa, directus, storefront].map((server) => server.exited.then(() => server)))
  if (!interrupted) console.error(`\n${ended.spec.name} has ended by itself. Its log: ${ended.logFile}`)
}
