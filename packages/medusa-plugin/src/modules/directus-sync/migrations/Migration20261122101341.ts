import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261122101341 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "directus_sync_conflict" ("id" text not null, "entity" text not null, "local_id" text not null, "peer_id" text not null, "field" text not null, "kind" text check ("kind" in ('concurrent', 'read_only', 'loop')) not null, "losing_side" text check ("losing_side" in ('medusa', 'directus')) not null, "losing_value" jsonb null, "winning_fingerprint" text not null, "at" timestamptz not null, "resolved_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "directus_sync_conflict_pkey" primary key ("id"));`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_conflict_deleted_at" ON "directus_sync_conflict" ("deleted_at") WHERE deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_conflict_record" ON "directus_sync_conflict" ("entity", "local_id") WHERE deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_conflict_open" ON "directus_sync_conflict" ("at") WHERE resolved_at IS NULL AND deleted_at IS NULL;`,
    )

    this.addSql(
      `create table if not exists "directus_sync_journal_entry" ("id" text not null, "at" timestamptz not null, "entity" text not null, "local_id" text not null, "direction" text check ("direction" in ('in', 'out')) not null, "event" text not null, "fields" text[] not null, "reason" text null, "sync_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "directus_sync_journal_entry_pkey" primary key ("id"));`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_journal_entry_deleted_at" ON "directus_sync_journal_entry" ("deleted_at") WHERE deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_journal_record" ON "directus_sync_journal_entry" ("entity", "local_id", "at") WHERE deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_journal_at" ON "directus_sync_journal_entry" ("at") WHERE deleted_at IS NULL;`,
    )

    this.addSql(
      `create table if not exists "directus_sync_link" ("entity" text not null, "local_id" text not null, "peer_id" text null, "announced" text null, "awaiting" text null, "promised" text null, "rev" integer not null default 0, "seen" integer not null default 0, "acked" integer not null default 0, "standing" text check ("standing" in ('alive', 'archived', 'ignored', 'gone')) not null default 'alive', "alive_rev" integer not null default 0, "fields" jsonb not null, "snapshot" jsonb null, "hops" integer not null default 0, "state" text check ("state" in ('active', 'quarantined', 'unlinked')) not null default 'active', "reason" text null, "attempts" integer not null default 0, "last_synced_at" timestamptz null, "sync_source" text null, "sync_id" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "directus_sync_link_pkey" primary key ("entity", "local_id"));`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_deleted_at" ON "directus_sync_link" ("deleted_at") WHERE deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_directus_sync_link_peer" ON "directus_sync_link" ("entity", "peer_id") WHERE peer_id IS NOT NULL AND deleted_at IS NULL;`,
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_directus_sync_link_announced" ON "directus_sync_link" ("entity", "announced") WHERE announced IS NOT NULL AND deleted_at IS NULL;`,
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "directus_sync_conflict" cascade;`)

    this.addSql(`drop table if exists "directus_sync_journal_entry" cascade;`)

    this.addSql(`drop table if exists "directus_sync_link" cascade;`)
  }
}
