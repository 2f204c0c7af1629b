import { createHash } from "node:crypto"
import { capturedTables, type CapturedTable } from "./captured-tables"

export const CAPTURE_FUNCTION = "directus_sync_capture"

/**
 * Appends one log row for each record that a statement has changed, in the statement's own transaction. Append-only: no
 * row is locked, so independent transactions of the shop cannot deadlock over marks. `security definer`: whoever may
 * write the table is captured, whatever his rights on ours.
 */
const FUNCTION = `
create or replace function ${CAPTURE_FUNCTION}() returns trigger language plpgsql security definer set search_path from current as $capture$
declare changed text := case tg_op when 'INSERT' then 'select * from new_rows' when 'DELETE' then 'select * from old_rows'
                        else 'select * from new_rows union all select * from old_rows' end;
begin
  if current_setting('directus_sync.skip', true) = 'on' then return null; end if;
  begin
    execute format('insert into directus_sync_mark_log (entity, local_id) select distinct %L, id from (select %s as id from (%s) r %s) records where id is not null',
                   tg_argv[0], tg_argv[1], changed, tg_argv[2]);
  exception when undefined_column or undefined_table or undefined_function then
    raise warning 'directus_sync: % on % was not captured: %', tg_op, tg_table_name, sqlerrm; -- the shop's own write goes on
  end;
  return null;
end $capture$;`

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** create or replace trigger needs PostgreSQL 14. */
const trigger = (
  { table, entity, id, join = "" }: CapturedTable,
  operation: "insert" | "update" | "delete",
): string => `
  create or replace trigger directus_sync_${operation} after ${operation} on "${table}"
  referencing ${[operation === "insert" ? "" : "old table as old_rows", operation === "delete" ? "" : "new table as new_rows"].join(" ")}
  for each statement execute function ${CAPTURE_FUNCTION}(${[entity, id, join].map(literal).join(", ")});`

const triggersOf = (captured: CapturedTable): string => {
  const all = (["insert", "update", "delete"] as const).map((operation) => trigger(captured, operation)).join("")
  // Without its table a trigger waits for the next boot: on a new database ours is migrated before Medusa's.
  return `do $do$ begin if to_regclass('"${captured.table}"') is not null then ${all} end if; end $do$;`
}

const names = capturedTables.map(({ table }) => literal(table)).join(", ")

/** Triggers of an older version on tables that are not captured any more. */
const DROP_STALE = `
do $do$ declare stale record; begin
  for stale in select tgname, tgrelid::regclass as relation from pg_trigger
    where tgfoid = to_regproc('${CAPTURE_FUNCTION}') and not tgisinternal and tgrelid not in (select to_regclass(quote_ident(t)) from unnest(array[${names}]) t where to_regclass(quote_ident(t)) is not null)
  loop execute format('drop trigger %I on %s', stale.tgname, stale.relation); end loop;
end $do$;`

const BODY = [FUNCTION, DROP_STALE, ...capturedTables.map(triggersOf)].join("\n")

/** Changes with every change of the function or of the captured tables; it stands as a comment on the function. */
export const CAPTURE_VERSION = createHash("sha256").update(BODY).digest("hex").slice(0, 16)

/** Several statements, to be run in one transaction. */
export const CAPTURE_SQL = `${BODY}\ncomment on function ${CAPTURE_FUNCTION}() is '${CAPTURE_VERSION}';`

/** One row: is our schema there, which version is installed, and how many triggers there are and should be. */
export const CAPTURE_STATE = `
select to_regclass('directus_sync_mark_log') is not null as migrated,
       obj_description(to_regproc('${CAPTURE_FUNCTION}'), 'pg_proc') as version,
       (select count(*)::int from pg_trigger where tgfoid = to_regproc('${CAPTURE_FUNCTION}') and not tgisinternal and tgenabled <> 'D') as have,
       (select 3 * count(*)::int from unnest(array[${names}]) t where to_regclass(quote_ident(t)) is not null) as want`
