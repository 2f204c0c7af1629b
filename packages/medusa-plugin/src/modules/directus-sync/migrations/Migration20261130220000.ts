import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Work on the whole catalogue: the last job of each kind. */
export class Migration20261130220000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create table if not exists "directus_sync_job" (
      "kind" text primary key,
      "version" bigint not null,
      "job" jsonb not null,
      "result" jsonb null
    );`)
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "directus_sync_job" cascade;`)
  }
}
