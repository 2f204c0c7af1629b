import type { Stack } from "../stack/stack.ts"
import { makeRecords, type Row } from "./records.ts"

/** What Medusa calls the kinds that it translates. */
export type Reference =
  "product" | "product_variant" | "product_category" | "product_collection" | "product_option" | "product_option_value"

/** Medusa's translations, as its admin, its customers and its database have them; the stack may start later. */
export function makeTranslations(stackOf: () => Stack) {
  const { admin } = makeRecords(stackOf)
  let storeKey: Promise<string> | undefined

  /** The sales channel whose products {@link seen} shows. */
  async function salesChannel(): Promise<string> {
    const { stores } = await admin<{ stores: Row[] }>("/stores")
    return String(stores[0]?.["default_sales_channel_id"])
  }

  /** Opens the store API. */
  async function publishableKey(): Promise<string> {
    const { api_key: key } = await admin<{ api_key: Row & { token: string } }>("/api-keys", {
      title: "Storefront",
      type: "publishable",
    })
    await admin(`/api-keys/${key.id}/sales-channels`, { add: [await salesChannel()] })
    return key.token
  }

  /** A page of the shop, for example `/products/prod_1`, as a customer of this locale gets it. */
  async function seen<T>(path: string, locale: string, fields = "*"): Promise<T> {
    storeKey ??= publishableKey()
    const answer = await fetch(`${stackOf().medusa.url}/store${path}?locale=${locale}&fields=${fields}`, {
      headers: { "x-publishable-api-key": await storeKey },
    })
    if (!answer.ok) throw new Error(`GET /store${path} answered ${String(answer.status)}: ${await answer.text()}`)
    return Object.values((await answer.json()) as Record<string, T>)[0] as T
  }

  /** What Medusa stores: language → texts, of one record. */
  async function stored(referenceId: string): Promise<Record<string, unknown>> {
    const rows = await stackOf().sqlMedusa(
      "select locale_code, translations from translation where reference_id = $1 and deleted_at is null",
      [referenceId],
    )
    return Object.fromEntries(rows.map((row) => [String(row["locale_code"]), row["translations"]]))
  }

  /** The ids of its translations, those that were deleted too. */
  async function idsOf(referenceId: string): Promise<string[]> {
    const rows = await stackOf().sqlMedusa("select id from translation where reference_id = $1 order by id", [
      referenceId,
    ])
    return rows.map(({ id }) => String(id))
  }

  const translate = (reference: Reference, id: string, locale: string, translations: Record<string, string>) =>
    admin("/translations/batch", { create: [{ reference, reference_id: id, locale_code: locale, translations }] })

  return { salesChannel, publishableKey, seen, stored, idsOf, translate }
}
