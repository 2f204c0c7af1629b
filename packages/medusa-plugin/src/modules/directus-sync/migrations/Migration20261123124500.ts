import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** How far Directus's clock is off. */
export class Migration20261123124500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_control" add column if not exists "clock_offset" bigint null;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "directus_sync_control" drop column if exists "clock_offset";`)
  }
}
