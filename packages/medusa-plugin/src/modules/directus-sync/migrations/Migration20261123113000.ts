import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** What people were told of, and when Directus was last heard. */
export class Migration20261123113000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_control" add column if not exists "alerts" jsonb not null default '[]', add column if not exists "last_received_at" timestamptz null;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_control" drop column if exists "alerts", drop column if exists "last_received_at";`,
    )
  }
}
