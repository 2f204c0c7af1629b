import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Where the database is, which tells a copy from the original; and since when new records are the sync's. */
export class Migration20261123120000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_control" add column if not exists "home" text null, add column if not exists "since" timestamptz not null default now();`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_control" drop column if exists "home", drop column if exists "since";`,
    )
  }
}
