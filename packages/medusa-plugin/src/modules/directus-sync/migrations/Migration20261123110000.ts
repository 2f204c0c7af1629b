import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Backfills, and decisions about conflicts that Directus has not heard of. */
export class Migration20261123110000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_control" add column if not exists "backfill" jsonb null;`)
    this.addSql(
      `alter table if exists "directus_sync_conflict" add column if not exists "told" boolean not null default false;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_conflict_untold" ON "directus_sync_conflict" ("id") WHERE resolved_at IS NOT NULL AND NOT told AND deleted_at IS NULL;`,
    )
    this.addSql(
      `create index if not exists "IDX_directus_sync_mark_later" on "directus_sync_mark" ("priority") where "priority" < 0;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_directus_sync_mark_later";`)
    this.addSql(`drop index if exists "IDX_directus_sync_conflict_untold";`)
    this.addSql(`alter table if exists "directus_sync_conflict" drop column if exists "told";`)
    this.addSql(`alter table if exists "directus_sync_control" drop column if exists "backfill";`)
  }
}
