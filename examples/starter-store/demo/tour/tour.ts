import { randomBytes } from "node:crypto"
import { performance } from "node:perf_hooks"
import type { StorefrontServer } from "../../../../scripts/stack/index.ts"
import type { Cms } from "../cms.ts"
import { reasonOf } from "../eventually.ts"
import type { Shop } from "../shop.ts"
import type { Store } from "../start-store.ts"

/** What every step works with. */
export type TourContext = Store & {
  storefront: StorefrontServer
  shop: Shop
  cms: Cms
  /** Six characters that no earlier tour has used. */
  token: string
}

export type TourStep = {
  title: string
  /** @throws Error when it does not hold */
  run(context: TourContext): Promise<Finding>
}

export type Finding = {
  /** Between a change being saved on one side and being read on the other. */
  ms: number
  /** What was seen, a line each. */
  notes: string[]
}

export type Result = { title: string; held: boolean; ms: number | undefined; notes: string[] }

export const newToken = (): string => randomBytes(3).toString("hex")

/** Runs the steps one after the other; one that does not hold does not stop the next. */
export async function runTour(
  steps: TourStep[],
  context: TourContext,
  tell: (result: Result, number: number) => void,
): Promise<Result[]> {
  const results: Result[] = []
  for (const { title, run } of steps) {
    const result = await run(context).then(
      (finding): Result => ({ title, held: true, ...finding }),
      async (error: unknown): Promise<Result> => ({
        title,
        held: false,
        ms: undefined,
        notes: [reasonOf(error), await whatTheySay(context)],
      }),
    )
    results.push(result)
    tell(result, results.length)
  }
  return results
}

async function whatTheySay({ shop, cms }: TourContext): Promise<string> {
  const [medusa, directus] = await Promise.all([shop, cms].map((host) => host.status().catch(reasonOf)))
  return `The sync says, in Medusa: ${medusa}; in Directus: ${directus}. The logs are beside the databases, in .data/.`
}

/** Milliseconds until `arrives` resolves. */
export async function timed<T>(arrives: Promise<T>): Promise<[ms: number, value: T]> {
  const began = performance.now()
  const value = await arrives
  return [performance.now() - began, value]
}
