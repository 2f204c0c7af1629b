import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** The key of an announcement that Directus has refused, while the record is announced under another one. */
export class Migration20261128024500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_link" add column if not exists "withdrawn" text null;`)
    this.addSql(
      `create index if not exists "IDX_directus_sync_link_withdrawn" on "directus_sync_link" ("entity", "withdrawn") where withdrawn is not null and deleted_at is null;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_directus_sync_link_withdrawn";`)
    this.addSql(`alter table if exists "directus_sync_link" drop column if exists "withdrawn";`)
  }
}
