import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Which fields a record has a place for, and since when. */
export class Migration20261130180000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_link" add column if not exists "places" jsonb null;`)
    this.addSql(`alter table if exists "directus_sync_control" add column if not exists "places" jsonb null;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_link" drop column if exists "places";`)
    this.addSql(`alter table if exists "directus_sync_control" drop column if exists "places";`)
  }
}
