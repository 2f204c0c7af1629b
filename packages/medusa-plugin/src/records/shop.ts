import type { Brought, Shop } from "medusa-directus-core/host"
import type { HostModules } from "./host-modules"
import { defaultSalesChannel } from "./product/add-to-shop"
import { query, type Connection } from "../database/sql"
import { BASE_PRICE } from "./variant/variant-row"

/** Calls a module by itself, outside of a transaction of ours. */
const calls = {
  run: <Service extends object, Result>(
    service: Service,
    call: (service: Service, context: object) => Promise<Result>,
  ): Promise<Result> => call(service, {}),
}

/**
 * Products that wait for a release, in any case; and those that visitors see, were made from Directus's, which is no change of Medusa's
 * own, and were made or told of since then. A price is one of the catalogue, whatever its
 * currency.
 */
const BROUGHT = `
  with brought as (
    select l.fields #> '{status,unreleased}' is not null as waits,
      l.alive_rev = 0 and p.status = 'published' and greatest(p.created_at, l.last_synced_at) >= ? as seen,
      exists (
        select from product_variant v
        join product_variant_price_set s on s.variant_id = v.id and s.deleted_at is null
        join price p on p.price_set_id = s.price_set_id and p.deleted_at is null
        where v.product_id = l.local_id and v.deleted_at is null and ${BASE_PRICE}
      ) as has_price
    from directus_sync_link l join product p on p.id = l.local_id and p.deleted_at is null
    where l.entity = 'product' and l.peer_id is not null
  )
  select count(*) filter (where seen)::int as shown,
    count(*) filter (where waits)::int as unreleased,
    count(*) filter (where (waits or seen) and not has_price)::int as without_price
  from brought`

interface BroughtRow {
  shown: number
  unreleased: number
  without_price: number
}

/** What Medusa says of new products. */
export const makeShop = (sql: Connection, modules: HostModules): Shop => ({
  async channels() {
    const id = await defaultSalesChannel({ calls, modules })
    if (id === null) return []
    const found = await modules.salesChannel.listSalesChannels({ id: [id] }, { take: 1, select: ["name"] })
    return found.map(({ name }) => name)
  },
  async brought(since): Promise<Brought> {
    const [row] = await query<BroughtRow>(sql, BROUGHT, [since])
    return { shown: row?.shown ?? 0, unreleased: row?.unreleased ?? 0, withoutPrice: row?.without_price ?? 0 }
  },
})
