-- Tenancy, audit and legal hold: what every table after this stands on.
--
-- Two roles. The migrator (DATABASE_URL) owns everything and is never used to serve a request. qd_app owns nothing, cannot
-- bypass row-level security and cannot log in; the center logs in as a member of it. `qd.org` says for whom a transaction
-- works; with none set no row of any organisation is seen.

do $$
begin
  create role qd_app nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
exception when duplicate_object or unique_violation then null;
end $$;

create schema keys;
create schema audit;
create schema cad;
grant usage on schema kernel, keys, audit, cad to qd_app;

create function kernel.org() returns text
  language sql stable parallel safe
  return nullif(current_setting('qd.org', true), '');

-- ── Audit ──────────────────────────────────────────────────────────────────────────────────────────────────────────
create table audit.entry (
  org text not null,
  id bigint generated always as identity,
  -- The transaction that wrote it: the sealer takes rows of finished transactions only, in this order.
  xid xid8 not null default pg_current_xact_id(),
  at bigint not null,
  actor text,
  session text,
  request text,
  decision jsonb,
  op text not null check (op in ('insert', 'update', 'delete', 'read', 'act')),
  tbl text not null,
  row_id text,
  before jsonb,
  after jsonb,
  primary key (org, xid, id)
);
create index entry_row on audit.entry (org, tbl, row_id);

-- One seal per organisation and sweep: the chain over every entry from the seal before it to this one.
create table audit.seal (
  org text not null,
  position bigint not null,
  to_xid xid8 not null,
  to_id bigint not null,
  entries bigint not null,
  total bigint not null,
  previous bytea not null,
  hash bytea not null,
  at bigint not null,
  -- Ed25519 by the center's key over the seal's text; null until it has been signed.
  signed_by text,
  signature text,
  primary key (org, position)
);

create function audit.now_ms() returns bigint
  language sql stable
  return (extract(epoch from clock_timestamp()) * 1000)::bigint;

-- Writes one entry with whoever the transaction works for. Definer, because the application cannot write audit rows.
create function audit.note(of_org text, op text, tbl text, row_id text, before jsonb, after jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    insert into audit.entry (org, at, actor, session, request, decision, op, tbl, row_id, before, after)
    values (of_org, (extract(epoch from clock_timestamp()) * 1000)::bigint,
            nullif(current_setting('qd.actor', true), ''), nullif(current_setting('qd.session', true), ''),
            nullif(current_setting('qd.request', true), ''), nullif(current_setting('qd.decision', true), '')::jsonb,
            op, tbl, row_id, before, after)
  $$;
revoke all on function audit.note(text, text, text, text, jsonb, jsonb) from public;

-- For what reads and decides rather than writes: callable by the application, for its own organisation only.
create function audit.note_act(op text, tbl text, row_id text, after jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  begin
    if op not in ('read', 'act') then
      raise exception 'audit.note_act notes reads and acts only';
    end if;
    perform audit.note(kernel.org(), op, tbl, row_id, null, after);
  end $$;
revoke all on function audit.note_act(text, text, text, jsonb) from public;
grant execute on function audit.note_act(text, text, text, jsonb) to qd_app;

-- A row with these of its columns replaced by the SHA-256 of their content.
create function audit.digested(of_row jsonb, names text[]) returns jsonb
  language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp
  as $$
  declare
    name text;
  begin
    foreach name in array names loop
      if of_row ->> name is not null then
        of_row := jsonb_set(of_row, array[name], to_jsonb('sha256:' || encode(sha256(convert_to(of_row ->> name, 'UTF8')), 'hex')));
      end if;
    end loop;
    return of_row;
  end $$;

-- Before and after of one row, for tables whose key is more or less than org and id.
create function audit.note_row() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    before jsonb := case when tg_op = 'INSERT' then null else audit.digested(to_jsonb(old), coalesce(tg_argv, '{}')) end;
    after jsonb := case when tg_op = 'DELETE' then null else audit.digested(to_jsonb(new), coalesce(tg_argv, '{}')) end;
    subject jsonb := coalesce(after, before);
  begin
    if before = after then
      return null;
    end if;
    perform audit.note(subject ->> 'org', lower(tg_op), tg_table_schema || '.' || tg_table_name,
                       coalesce(subject ->> 'id', subject ->> 'ref', subject ->> 'station', subject ->> 'site', subject ->> 'session', subject ->> 'org'),
                       before, after);
    return null;
  end $$;

-- The same for all rows of a statement at once, where org and id are the key: a batch of facts moves many rows.
create function audit.note_each() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    now_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
    who text := nullif(current_setting('qd.actor', true), '');
    in_session text := nullif(current_setting('qd.session', true), '');
    in_request text := nullif(current_setting('qd.request', true), '');
    under jsonb := nullif(current_setting('qd.decision', true), '')::jsonb;
    of_table text := tg_table_schema || '.' || tg_table_name;
    names text[] := coalesce(tg_argv, '{}');
  begin
    if tg_op = 'INSERT' then
      insert into audit.entry (org, at, actor, session, request, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, in_session, in_request, under, 'insert', of_table, n.id, null,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n;
    elsif tg_op = 'UPDATE' then
      insert into audit.entry (org, at, actor, session, request, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, in_session, in_request, under, 'update', of_table, n.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n join old_rows o using (org, id) where o.* is distinct from n.*;
    else
      insert into audit.entry (org, at, actor, session, request, decision, op, tbl, row_id, before, after)
        select o.org, now_ms, who, in_session, in_request, under, 'delete', of_table, o.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end, null
        from old_rows o;
    end if;
    return null;
  end $$;

-- One entry for a statement on an append-only table: how many rows, and each by its name and hash.
create function audit.note_rows() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform audit.note(org, 'insert', tg_table_schema || '.' || tg_table_name, null, null,
                       jsonb_build_object('rows', count(*), 'each', jsonb_agg(jsonb_build_array(id, hash))))
      from added group by org;
    return null;
  end $$;

-- ── Legal hold ─────────────────────────────────────────────────────────────────────────────────────────────────────
create table kernel.legal_hold (
  org text not null,
  id text not null,
  -- What may not be deleted: an entity, and the table and row that holds it where it is one.
  entity text not null,
  tbl text not null,
  row_id text not null,
  reason text not null check (length(reason) between 1 and 2000),
  placed_by text,
  placed_at bigint not null,
  released_by text,
  released_at bigint,
  primary key (org, id)
);
create index legal_hold_entity on kernel.legal_hold (org, entity) where released_at is null;
create index legal_hold_row on kernel.legal_hold (org, tbl, row_id) where released_at is null;

create function kernel.refuse_held() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  declare
    gone jsonb := to_jsonb(old);
  begin
    if exists (
      select from kernel.legal_hold h
      where h.org = gone ->> 'org' and h.released_at is null
        and ((h.tbl = tg_table_schema || '.' || tg_table_name and h.row_id = gone ->> 'id')
             or h.entity in (gone ->> 'entity', gone ->> 'ref'))
    ) then
      raise exception 'a legal hold forbids deleting this row of %.%', tg_table_schema, tg_table_name
        using errcode = 'QD001';
    end if;
    return old;
  end $$;

create function kernel.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    raise exception 'rows of %.% are not changed like this', tg_table_schema, tg_table_name using errcode = 'QD002';
  end $$;

-- ── Guard ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Puts a table under the house's rules. Every table is guarded by the migration that creates it.
--   audited  'rows'    before and after of every row (the ordinary case)
--            'summary' append-only: one entry a statement naming id and hash of each row; change and deletion refused
--            'none'    derived or bookkeeping, rebuilt from what is audited
--   digest   columns recorded by hash in the audit (large, derived or sealed)
--   pre_org  read before an organisation is known: definer functions of the owner may see all rows, nobody else
create function kernel.guard(
  in_schema text,
  in_table text,
  audited text default 'rows',
  digest text[] default '{}',
  pre_org boolean default false
) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  declare
    t text := format('%I.%I', in_schema, in_table);
    key text[] := (select array_agg(a.attname::text order by a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                   where i.indrelid = t::regclass and i.indisprimary);
    names text := (select coalesce(string_agg(quote_literal(d), ', '), '') from unnest(digest) d);
  begin
    if audited not in ('rows', 'summary', 'none') then
      raise exception 'kernel.guard: % is not a way to audit', audited;
    end if;
    perform from information_schema.columns
      where table_schema = in_schema and table_name = in_table and column_name = 'org' and is_nullable = 'NO';
    if not found then
      raise exception 'kernel.guard: % has no column org not null', t;
    end if;
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format(
      'create policy tenancy on %s using (org = nullif(current_setting(''qd.org'', true), '''')) '
      'with check (org = nullif(current_setting(''qd.org'', true), ''''))', t);
    if pre_org then
      execute format('create policy definer on %s to current_user using (true) with check (true)', t);
    end if;
    if audited = 'summary' then
      execute format('grant select, insert on %s to qd_app', t);
      execute format(
        'create trigger audit after insert on %s referencing new table as added for each statement execute function audit.note_rows()', t);
    else
      execute format('grant select, insert, update, delete on %s to qd_app', t);
    end if;
    if audited = 'rows' and key = '{id,org}' then
      -- Before and after are paired by the key, so it may not change.
      execute format('create trigger audit after insert on %s referencing new table as new_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger audit_delete after delete on %s referencing old table as old_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger key_stays before update on %s for each row when (old.org <> new.org or old.id <> new.id) execute function kernel.refuse_change()', t);
    elsif audited = 'rows' then
      execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.note_row(%s)', t, names);
    end if;
    execute format('create trigger hold before delete on %s for each row execute function kernel.refuse_held()', t);
    execute format('create trigger no_truncate before truncate on %s for each statement execute function kernel.refuse_change()', t);
  end $$;
revoke all on function kernel.guard(text, text, text, text[], boolean) from public;

-- A table of records: one row a record, its body as declared, a version that counts up.
create function kernel.record_table(in_schema text, in_table text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    execute format(
      'create table %I.%I (org text not null, site text not null, id text not null, version integer not null check (version > 0), '
      'body jsonb not null, archived boolean not null default false, updated_at bigint not null, primary key (org, id))',
      in_schema, in_table);
    execute format('create index on %I.%I (org, site, updated_at)', in_schema, in_table);
    perform kernel.guard(in_schema, in_table);
  end $$;
revoke all on function kernel.record_table(text, text) from public;

-- audit.entry and audit.seal are written by definer functions only; the application reads its own organisation's.
select kernel.guard('audit', 'entry', 'none', '{}', true);
select kernel.guard('audit', 'seal', 'none', '{}', true);
revoke insert, update, delete on audit.entry, audit.seal from qd_app;
create trigger append_only before update or delete on audit.entry for each row execute function kernel.refuse_change();

select kernel.guard('kernel', 'legal_hold');
revoke delete on kernel.legal_hold from qd_app;

-- ── Organisations, sites, devices, standing ────────────────────────────────────────────────────────────────────────
create table kernel.organisation (
  org text primary key,
  name text not null,
  created_at bigint not null
);
select kernel.guard('kernel', 'organisation', 'rows', '{}', true);

create table kernel.site (
  org text not null references kernel.organisation,
  site text not null,
  name text not null,
  -- Counts up with every change of devices, so that stations know which roster is newer.
  roster_version integer not null default 1,
  created_at bigint not null,
  primary key (org, site)
);
select kernel.guard('kernel', 'site');

-- Enrolled workstations. Their key verifies the facts they sign for ever, so a row is revoked, never deleted.
create table kernel.device (
  org text not null,
  station text not null,
  site text not null,
  name text not null,
  short text not null,
  key text not null,
  lan_address text not null default '',
  reads text[] not null default '{}',
  enrolled_at bigint not null,
  revoked_at bigint,
  primary key (org, station),
  unique (station),
  foreign key (org, site) references kernel.site
);
select kernel.guard('kernel', 'device', 'rows', '{}', true);
revoke delete on kernel.device from qd_app;

-- What a session or an offline grant allows, by the id that facts name in `session`. Facts are judged by it.
create table kernel.standing (
  org text not null,
  session text not null,
  user_id text not null,
  roles text[] not null,
  valid_from bigint not null,
  -- Contested from here: expiry of the grant, or the moment the right was withdrawn. ms UTC, null for open.
  valid_until bigint,
  primary key (org, session)
);
select kernel.guard('kernel', 'standing');
revoke delete on kernel.standing from qd_app;

-- The few look-ups before an organisation is known.
create function kernel.organisations() returns setof text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select org from kernel.organisation order by org $$;

create function kernel.device_of(of_station text)
  returns table (org text, station text, site text, name text, short text, key text, revoked_at bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select d.org, d.station, d.site, d.name, d.short, d.key, d.revoked_at from kernel.device d where d.station = of_station $$;

revoke all on function kernel.organisations(), kernel.device_of(text) from public;
grant execute on function kernel.organisations(), kernel.device_of(text) to qd_app;

-- Says for whom the transaction works. The first statement of every one.
create function kernel.enter(of_org text, actor text, session text, request text, decision text) returns void
  language sql
  as $$
    select set_config('qd.org', of_org, true), set_config('qd.actor', coalesce(actor, ''), true),
           set_config('qd.session', coalesce(session, ''), true), set_config('qd.request', coalesce(request, ''), true),
           set_config('qd.decision', coalesce(decision, ''), true)
  $$;
revoke all on function kernel.enter(text, text, text, text, text) from public;
grant execute on function kernel.enter(text, text, text, text, text) to qd_app;

-- Chains what finished transactions left since the last seal: hash = SHA-256(previous | SHA-256 of each entry, in order).
-- Null where there is nothing new. Only the sealer's signature is added afterwards, once.
create function audit.seal_next() returns audit.seal
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    of_org text := kernel.org();
    last audit.seal;
    made audit.seal;
  begin
    perform pg_advisory_xact_lock(hashtextextended('qd.seal|' || of_org, 0));
    select * into last from audit.seal s where s.org = of_org order by position desc limit 1;
    select of_org, coalesce(last.position, 0) + 1, max(e.xid), null, count(*), coalesce(last.total, 0) + count(*),
           coalesce(last.hash, '\x'::bytea),
           sha256(coalesce(last.hash, '\x'::bytea) || string_agg(sha256(convert_to(to_jsonb(e)::text, 'UTF8')), ''::bytea order by e.xid, e.id)),
           (extract(epoch from clock_timestamp()) * 1000)::bigint
      into made.org, made.position, made.to_xid, made.to_id, made.entries, made.total, made.previous, made.hash, made.at
      from audit.entry e
      where e.org = of_org and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        and (last.position is null or (e.xid, e.id) > (last.to_xid, last.to_id));
    if made.entries = 0 then
      return null;
    end if;
    select max(e.id) into made.to_id from audit.entry e where e.org = of_org and e.xid = made.to_xid;
    insert into audit.seal select made.*;
    return made;
  end $$;

create function audit.sign_seal(at_position bigint, by_key text, with_signature text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    update audit.seal set signed_by = by_key, signature = with_signature
    where org = kernel.org() and position = at_position and signature is null
  $$;

-- The hash a seal ought to have, from the entries that are there now.
create function audit.reckon(at_position bigint) returns table (hash bytea, entries bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select sha256(s.previous || coalesce(string_agg(sha256(convert_to(to_jsonb(e)::text, 'UTF8')), ''::bytea order by e.xid, e.id), ''::bytea)), count(e.id)
    from audit.seal s
    left join audit.seal p on p.org = s.org and p.position = s.position - 1
    left join audit.entry e on e.org = s.org and (e.xid, e.id) <= (s.to_xid, s.to_id)
      and (p.position is null or (e.xid, e.id) > (p.to_xid, p.to_id))
    where s.org = kernel.org() and s.position = at_position
    group by s.previous
  $$;
revoke all on function audit.seal_next(), audit.sign_seal(bigint, text, text), audit.reckon(bigint) from public;
grant execute on function audit.seal_next(), audit.sign_seal(bigint, text, text), audit.reckon(bigint) to qd_app;
