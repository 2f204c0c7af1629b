import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** The engine's working tables, which have no model: they are counters and queues, and nobody else's business. */
export class Migration20261122101400 extends Migration {
  override async up(): Promise<void> {
    // One row per database: a new database, or one that was restored, is told apart by its epoch.
    this.addSql(`create table if not exists "directus_sync_control" (
      "singleton" boolean primary key default true check ("singleton"),
      "epoch" uuid not null default gen_random_uuid(),
      "peer_epoch" text null,
      "breaker" jsonb not null default '{"failures": 0, "openUntil": null}',
      "paused" jsonb null,
      "last_success_at" timestamptz null
    );`)
    this.addSql(`insert into "directus_sync_control" default values on conflict do nothing;`)

    // Append-only, by triggers: see capture/capture-sql.ts.
    this.addSql(`create table if not exists "directus_sync_mark_log" (
      "seq" bigint generated always as identity primary key,
      "entity" text not null,
      "local_id" text not null,
      "marked_at" timestamptz not null default clock_timestamp()
    );`)

    this.addSql(`create sequence if not exists "directus_sync_mark_n";`)
    this.addSql(`create table if not exists "directus_sync_mark" (
      "entity" text not null,
      "local_id" text not null,
      "n" bigint not null,
      "priority" smallint not null default 0,
      "run_at" timestamptz null,
      "lease_owner" text null,
      "lease_until" timestamptz null,
      "marked_at" timestamptz not null,
      primary key ("entity", "local_id")
    );`)
    this.addSql(
      `create index if not exists "IDX_directus_sync_mark_due" on "directus_sync_mark" ("priority" desc, "run_at", "n") where run_at is not null;`,
    )
  }

  override async down(): Promise<void> {
    // With the function go the triggers on Medusa's tables.
    this.addSql(`drop function if exists directus_sync_capture() cascade;`)
    this.addSql(`drop table if exists "directus_sync_mark" cascade;`)
    this.addSql(`drop sequence if exists "directus_sync_mark_n";`)
    this.addSql(`drop table if exists "directus_sync_mark_log" cascade;`)
    this.addSql(`drop table if exists "directus_sync_control" cascade;`)
  }
}
