import { createHash } from "node:crypto"
import { PLACED, type CapturedMark, type CapturedTable } from "./captured-tables"

const CAPTURE_FUNCTION = "directus_sync_capture"
/** By its arguments, too: another function of the name, which somebody else may make, is not meant. */
const FOUND = `to_regprocedure('${CAPTURE_FUNCTION}()')`
const MARK_LOG = "directus_sync_mark_log"
/** Without them, and this column of the control row, the tables are those of an older version. */
const NEWEST_TABLE = "directus_sync_job"
const PLACES = "directus_sync_place"
const NEWEST_COLUMN = "places"
/** Arguments of a trigger for each mark: kind, id, join, columns. */
const ARGUMENTS = 4

/**
 * Appends one log row for each record that a statement has changed, in the statement's own transaction. Append-only: no
 * row is locked, so independent transactions of the shop cannot deadlock over marks. The records that the sync itself is
 * writing stand in `directus_sync.own`; what changes beside them is a change like any other. Without `enable_seqscan`, or
 * PostgreSQL would read the whole of a joined table for the rows of a batch.
 *
 * `security definer`: whoever may write the table is captured, whatever his rights on ours. So it runs with the owner's
 * rights, and trusts nothing of the caller's: tables of ours by their schema, temporary ones last, functions by
 * `pg_catalog`, where nobody else's can pass for them. The arguments of its triggers are SQL, which is why nobody else may
 * make a trigger of it (`SHUT`).
 */
const FUNCTION = `
create or replace function ${CAPTURE_FUNCTION}() returns trigger language plpgsql security definer
set search_path = @path@ set enable_seqscan = off as $capture$
declare own jsonb := coalesce(nullif(pg_catalog.current_setting('directus_sync.own', true), ''), '[]')::jsonb;
        at int := 0;
        changed text;
        differs text;
begin
  if tg_op = 'INSERT' and tg_table_name in (${PLACED.map((table) => `'${table}'`).join(", ")}) then
    begin
      execute pg_catalog.format('insert into %I.${PLACES} (id) select id from new_rows on conflict do nothing', @schema@);
    exception when undefined_table then null; -- of an older version
    end;
  end if;
  while at < tg_nargs loop
    select 'from new_rows n join old_rows o on o.id = n.id where ' || pg_catalog.string_agg(pg_catalog.format('n.%1$I is distinct from o.%1$I', name), ' or ')
      into differs from pg_catalog.unnest(pg_catalog.string_to_array(tg_argv[at + 3], ',')) name;
    changed := case when tg_op = 'INSERT' then 'select * from new_rows' when tg_op = 'DELETE' then 'select * from old_rows'
                    when differs is null then 'select * from new_rows union all select * from old_rows'
                    else pg_catalog.format('select n.* %1$s union all select o.* %1$s', differs) end;
    begin
      execute pg_catalog.format('insert into %I.${MARK_LOG} (entity, local_id) select distinct %L, id from (select %s as id from (%s) r %s) records
                      where id is not null and not pg_catalog.jsonb_exists(%L, %L || id)',
                     @schema@, tg_argv[at], tg_argv[at + 1], changed, tg_argv[at + 2], own, tg_argv[at] || ':');
    exception when undefined_column or undefined_table or undefined_function then
      raise warning 'directus_sync: % on % was not captured for %: %', tg_op, tg_table_name, tg_argv[at], sqlerrm; -- the shop's own write goes on
    end;
    at := at + ${String(ARGUMENTS)};
  end loop;
  return null;
end $capture$;`

/**
 * With all of its triggers, also those that are not wanted any more, and such as others have made of it while it was open to
 * everybody: they run as the owner for ever, since PostgreSQL asks for the right when a trigger is made.
 */
const AFRESH = `drop function if exists ${CAPTURE_FUNCTION}() cascade;`

/** Who may run the function besides its owner: by PostgreSQL's default everybody. */
const STRANGERS = `
  select a.grantee from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where p.oid = ${FOUND} and a.grantee <> p.proowner`

const SHUT = `
do $do$ declare stranger oid; begin
  for stranger in ${STRANGERS} loop
    execute format('revoke all on function %s from %s', ${FOUND},
                   case when stranger = 0 then 'public' else quote_ident(pg_get_userbyid(stranger)) end);
  end loop;
end $do$;`

/** Where this connection finds tables, as a setting: temporary ones last, where PostgreSQL has them first. */
const INSTALL_FUNCTION = `
do $do$ declare
  home text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('${MARK_LOG}'));
  path text := (select string_agg(quote_ident(s), ', ') from unnest(current_schemas(false)) s where s not like 'pg\\_temp%');
begin
  execute replace(replace($function$${FUNCTION}$function$, '@schema@', quote_literal(home)), '@path@', path || ', pg_temp');
end $do$;`

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

const OPERATIONS = ["insert", "update", "delete"] as const
type Operation = (typeof OPERATIONS)[number]

interface Trigger {
  name: string
  table: string
  create: string
}

/** create or replace trigger needs PostgreSQL 14. */
function triggersOf({ table, marks }: CapturedTable): Trigger[] {
  const create = (name: string, operation: Operation, concerned: CapturedMark[]): string => `
  create or replace trigger ${name} after ${operation} on ${identifier(table)}
  referencing ${[operation === "insert" ? "" : "old table as old_rows", operation === "delete" ? "" : "new table as new_rows"].join(" ")}
  for each statement execute function ${CAPTURE_FUNCTION}(${concerned
    .flatMap(({ entity, id, join = "", columns = [] }) => [entity, id, join, columns.join(",")])
    .map(literal)
    .join(", ")});`
  return OPERATIONS.flatMap((operation) => {
    const concerned = marks.filter(({ only = operation }) => only === operation)
    const name = `directus_sync_${operation}`
    return concerned.length > 0 ? { name, table, create: create(name, operation, concerned) } : []
  })
}

/** What was made before this, or while the triggers were missing: rows that nobody has updated lie in the order of their making. */
const PLACE_ALL = PLACED.map(
  (table) => `
do $do$ begin
  if to_regclass('${PLACES}') is not null and to_regclass('${table}') is not null then
    insert into ${PLACES} (id) select id from ${table} order by created_at, ctid on conflict do nothing;
  end if;
end $do$;`,
)

const installed = ({ table, create }: Trigger): string =>
  // Without its table a trigger waits for the next boot: on a new database ours is migrated before Medusa's.
  `do $do$ begin if to_regclass(${literal(identifier(table))}) is not null then ${create} end if; end $do$;`

export interface CaptureSql {
  /** Changes with every change of the function or of the captured tables; it stands as a comment on the function. */
  version: string
  /** Several statements, to be run in one transaction. */
  install: string
  /** One row: is our schema there, which version is installed and for whom, and how many triggers there are and should be. */
  state: string
}

export function captureSql(tables: readonly CapturedTable[]): CaptureSql {
  const triggers = tables.flatMap(triggersOf)
  const pairs = triggers.map(({ table, name }) => `(${literal(identifier(table))}, ${literal(name)})`).join(", ")
  const wanted = `select to_regclass(t), n::name from (values ${pairs}) as w(t, n) where to_regclass(t) is not null`
  const body = [AFRESH, INSTALL_FUNCTION, SHUT, ...triggers.map(installed), ...PLACE_ALL].join("\n")
  const version = createHash("sha256").update(body).digest("hex").slice(0, 16)
  return {
    version,
    install: `${body}\ncomment on function ${CAPTURE_FUNCTION}() is '${version}';`,
    state: `
select to_regclass('${MARK_LOG}') is not null and to_regclass('${NEWEST_TABLE}') is not null and exists (
         select 1 from pg_attribute where attrelid = to_regclass('directus_sync_control') and attname = '${NEWEST_COLUMN}'
       ) and to_regclass('${PLACES}') is not null as migrated,
       not exists (${STRANGERS}) as shut,
       obj_description(${FOUND}, 'pg_proc') as version,
       (select count(*)::int from pg_trigger where tgfoid = ${FOUND} and not tgisinternal and tgenabled <> 'D') as have,
       (select count(*)::int from (${wanted}) w) as want`,
  }
}
