import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** In which order options and their values were made: see `capture/places.ts`. */
export class Migration20261130190100 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "directus_sync_place" ("id" text primary key, "place" bigint generated always as identity);`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "directus_sync_place";`)
  }
}
