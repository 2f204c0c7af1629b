import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** A key may be longer than an index takes, as that of a picture with a signed address: see `KEY_START`. */
export class Migration20261130190000 extends Migration {
  override async up(): Promise<void> {
    for (const column of ["announced", "withdrawn"]) {
      this.addSql(`drop index if exists "IDX_directus_sync_link_${column}";`)
      this.addSql(
        `create index if not exists "IDX_directus_sync_link_${column}_start" on "directus_sync_link" ("entity", left("${column}", 200)) where ${column} is not null and deleted_at is null;`,
      )
    }
  }

  override async down(): Promise<void> {
    for (const column of ["announced", "withdrawn"]) {
      this.addSql(`drop index if exists "IDX_directus_sync_link_${column}_start";`)
      this.addSql(
        `create index if not exists "IDX_directus_sync_link_${column}" on "directus_sync_link" ("entity", "${column}") where ${column} is not null and deleted_at is null;`,
      )
    }
  }
}
