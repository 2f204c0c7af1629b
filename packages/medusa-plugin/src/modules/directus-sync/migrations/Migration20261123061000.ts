import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261123061000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_link" add column if not exists "parent_id" text null, add column if not exists "held_back" boolean not null default false;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_parent" ON "directus_sync_link" ("entity", "parent_id") WHERE parent_id IS NOT NULL AND deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_held_back" ON "directus_sync_link" ("entity") WHERE held_back AND deleted_at IS NULL;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_directus_sync_link_parent";`)
    this.addSql(`drop index if exists "IDX_directus_sync_link_held_back";`)
    this.addSql(
      `alter table if exists "directus_sync_link" drop column if exists "parent_id", drop column if exists "held_back";`,
    )
  }
}
