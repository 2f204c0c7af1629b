import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261123061000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_link" add column if not exists "parent_id" text null, add column if not exists "held_back" boolean not null default false;`,
    )
    this.addSql(
      `alter table if exists "directus_sync_link" drop constraint if exists "directus_sync_link_standing_check";`,
    )
    this.addSql(
      `alter table if exists "directus_sync_link" add constraint "directus_sync_link_standing_check" check ("standing" in ('alive', 'archived', 'ignored', 'gone', 'along'));`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_parent" ON "directus_sync_link" ("entity", "parent_id") WHERE parent_id IS NOT NULL AND deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_held_back" ON "directus_sync_link" ("entity") WHERE held_back AND deleted_at IS NULL;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`update "directus_sync_link" set "standing" = 'gone' where "standing" = 'along';`)
    this.addSql(
      `alter table if exists "directus_sync_link" drop constraint if exists "directus_sync_link_standing_check";`,
    )
    this.addSql(
      `alter table if exists "directus_sync_link" add constraint "directus_sync_link_standing_check" check ("standing" in ('alive', 'archived', 'ignored', 'gone'));`,
    )
    this.addSql(`drop index if exists "IDX_directus_sync_link_parent";`)
    this.addSql(`drop index if exists "IDX_directus_sync_link_held_back";`)
    this.addSql(
      `alter table if exists "directus_sync_link" drop column if exists "parent_id", drop column if exists "held_back";`,
    )
  }
}
