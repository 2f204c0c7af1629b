import type { Knex } from "knex"
import { TABLES } from "../schema/internal-tables"
import { appendMarks } from "./mark-store"

/** A person asks: quarantined records become active again and are sent as they are now. */
export async function retryQuarantined(trx: Knex, now: number): Promise<void> {
  const rows = await trx(TABLES.link)
    .where({ state: "quarantined" })
    .select<{ entity: string; local_id: string }[]>("entity", "local_id")
  await trx(TABLES.link).where({ state: "quarantined" }).update({ state: "active", reason: null, attempts: 0 })
  for (const entity of new Set(rows.map((row) => row.entity))) {
    await appendMarks(
      trx,
      entity,
      rows.filter((row) => row.entity === entity).map((row) => row.local_id),
      now,
    )
  }
}
