import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** What tells a database that was restored, and whose turn a task of one process in all is. */
export class Migration20261123100000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "directus_sync_control" add column if not exists "past" jsonb not null default '[]', add column if not exists "peer_past" jsonb not null default '[]', add column if not exists "beat" bigint not null default 0, add column if not exists "peer_beat" bigint not null default 0, add column if not exists "repair" text null;`,
    )
    this.addSql(
      `create table if not exists "directus_sync_turn" ("task" text primary key, "taken_at" timestamptz not null);`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "directus_sync_turn" cascade;`)
    this.addSql(
      `alter table if exists "directus_sync_control" drop column if exists "past", drop column if exists "peer_past", drop column if exists "beat", drop column if exists "peer_beat", drop column if exists "repair";`,
    )
  }
}
