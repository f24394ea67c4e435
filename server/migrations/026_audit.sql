-- Who did it from where and why: `device` and `reason` in every audit row; who reads, a row for each thing read; the trail
-- append-only against its owner's ordinary statements too.

alter table audit.entry add column device text, add column reason text;

-- A seal covers rows as they were written down when it was made: 1 is before `device` and `reason`, null is as they are now.
alter table audit.seal add column format smallint;
update audit.seal set format = 1;

-- Said together, so that no caller leaves one of them to the transaction before it.
drop function kernel.enter(text, text, text, text, text);
create function kernel.enter(
  of_org text, actor text, session text, request text, decision text, device text default null, reason text default null
) returns void
  language sql
  as $$
    select set_config('qd.org', of_org, true), set_config('qd.actor', coalesce(actor, ''), true),
           set_config('qd.session', coalesce(session, ''), true), set_config('qd.request', coalesce(request, ''), true),
           set_config('qd.decision', coalesce(decision, ''), true), set_config('qd.device', coalesce(device, ''), true),
           set_config('qd.reason', coalesce(reason, ''), true)
  $$;
revoke all on function kernel.enter(text, text, text, text, text, text, text) from public;
grant execute on function kernel.enter(text, text, text, text, text, text, text) to qd_app;

create or replace function audit.note(of_org text, op text, tbl text, row_id text, before jsonb, after jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
    values (of_org, (extract(epoch from clock_timestamp()) * 1000)::bigint,
            nullif(current_setting('qd.actor', true), ''), nullif(current_setting('qd.device', true), ''),
            nullif(current_setting('qd.session', true), ''), nullif(current_setting('qd.request', true), ''),
            nullif(current_setting('qd.reason', true), ''), nullif(current_setting('qd.decision', true), '')::jsonb,
            op, tbl, row_id, before, after)
  $$;

create or replace function audit.note_each() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    now_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
    who text := nullif(current_setting('qd.actor', true), '');
    from_device text := nullif(current_setting('qd.device', true), '');
    in_session text := nullif(current_setting('qd.session', true), '');
    in_request text := nullif(current_setting('qd.request', true), '');
    because text := nullif(current_setting('qd.reason', true), '');
    under jsonb := nullif(current_setting('qd.decision', true), '')::jsonb;
    of_table text := tg_table_schema || '.' || tg_table_name;
    names text[] := coalesce(tg_argv, '{}');
  begin
    if tg_op = 'INSERT' then
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, from_device, in_session, in_request, because, under, 'insert', of_table, n.id, null,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n;
    elsif tg_op = 'UPDATE' then
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, from_device, in_session, in_request, because, under, 'update', of_table, n.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n join old_rows o using (org, id) where o.* is distinct from n.*;
    else
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select o.org, now_ms, who, from_device, in_session, in_request, because, under, 'delete', of_table, o.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end, null
        from old_rows o;
    end if;
    return null;
  end $$;

-- Facts name their own authors: an entry for each author, session and workstation of a statement, so that what somebody
-- did on the floor is found under their name and not under the center's, which only took it.
create function audit.note_facts() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  begin
    insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, after)
      select org, (extract(epoch from clock_timestamp()) * 1000)::bigint,
             coalesce(by_user, nullif(current_setting('qd.actor', true), '')), station,
             coalesce(session, nullif(current_setting('qd.session', true), '')), nullif(current_setting('qd.request', true), ''),
             nullif(current_setting('qd.reason', true), ''), nullif(current_setting('qd.decision', true), '')::jsonb,
             'insert', 'kernel.fact', null, jsonb_build_object('rows', count(*), 'each', jsonb_agg(jsonb_build_array(id, hash)))
        from added group by org, by_user, session, station;
    return null;
  end $$;
drop trigger audit on kernel.fact;
create trigger audit after insert on kernel.fact referencing new table as added for each statement execute function audit.note_facts();

-- One entry for each row that was read, so that who read a thing is found by the thing.
create function audit.note_reads(of_table text, ids text[], after jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ select audit.note(kernel.org(), 'read', of_table, id, null, after) from unnest(ids) id $$;
revoke all on function audit.note_reads(text, text[], jsonb) from public;
grant execute on function audit.note_reads(text, text[], jsonb) to qd_app;

-- ── Reads at stations ──────────────────────────────────────────────────────────────────────────────────────────────
-- How far each station's log of reads has arrived. A station numbers its reads 1,2,3… in a log of one opening of its store.
create table audit.read_log (
  org text not null,
  log text not null,
  station text not null,
  seq bigint not null,
  primary key (org, log)
);
select kernel.guard('audit', 'read_log', 'none');
revoke insert, update, delete on audit.read_log from qd_app;

-- Takes reads of one log: an array of {seq, at, until, times, by, session, position, tbl, row, fields}, in order. What was
-- taken before is left out, so sending again is harmless; what is missing in between is noted as missing. Returns how far
-- the log is taken.
create function audit.take_station_reads(of_log text, of_station text, reads jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    taken bigint;
    first bigint;
    last bigint;
  begin
    insert into audit.read_log (org, log, station, seq) values (kernel.org(), of_log, of_station, 0) on conflict do nothing;
    select r.seq into taken from audit.read_log r
      where r.org = kernel.org() and r.log = of_log and r.station = of_station for update;
    if taken is null then
      raise exception 'this log of reads is another station''s' using errcode = 'QD003';
    end if;
    select min((r ->> 'seq')::bigint), max((r ->> 'seq')::bigint) into first, last
      from jsonb_array_elements(reads) r where (r ->> 'seq')::bigint > taken;
    if last is null then
      return taken;
    end if;
    if first > taken + 1 then
      perform audit.note(kernel.org(), 'act', 'audit.read_log', of_log, null,
                         jsonb_build_object('act', 'reads missing', 'station', of_station, 'from', taken + 1, 'to', first - 1));
    end if;
    insert into audit.entry (org, at, actor, device, session, request, reason, op, tbl, row_id, after)
      select kernel.org(), (extract(epoch from clock_timestamp()) * 1000)::bigint, r ->> 'by', of_station, r ->> 'session',
             nullif(current_setting('qd.request', true), ''), r ->> 'reason', 'read', r ->> 'tbl', r ->> 'row',
             jsonb_strip_nulls(jsonb_build_object('at', r -> 'at', 'until', r -> 'until', 'times', r -> 'times', 'position', r -> 'position',
                                                  'fields', r -> 'fields', 'log', of_log, 'seq', r -> 'seq'))
      from jsonb_array_elements(reads) r where (r ->> 'seq')::bigint > taken order by (r ->> 'seq')::bigint;
    update audit.read_log set seq = last where org = kernel.org() and log = of_log;
    return last;
  end $$;
revoke all on function audit.take_station_reads(text, text, jsonb) from public;
grant execute on function audit.take_station_reads(text, text, jsonb) to qd_app;

-- ── Append-only ────────────────────────────────────────────────────────────────────────────────────────────────────
-- The application has no grant; the owner, who may grant itself anything, meets these. Also where triggers are turned off
-- for replication. What is left to an owner is to change the schema, and to a superuser to write files: the chain tells.
alter table audit.entry enable always trigger append_only;
alter table audit.entry enable always trigger no_truncate;
alter table audit.seal enable always trigger no_truncate;

-- A seal is signed once, and is otherwise as it was made.
create function audit.refuse_reseal() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if tg_op = 'UPDATE' and old.signature is null and new.signature is not null
       and to_jsonb(old) - 'signed_by' - 'signature' = to_jsonb(new) - 'signed_by' - 'signature' then
      return new;
    end if;
    raise exception 'a seal is signed once and is otherwise as it was made' using errcode = 'QD002';
  end $$;
create trigger append_only before update or delete on audit.seal for each row execute function audit.refuse_reseal();
alter table audit.seal enable always trigger append_only;

-- ── Searching ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- Pages go by time. Most rows are the center's own, about what facts made: only what somebody did is found by who did it.
drop index audit.entry_row;
create index entry_row on audit.entry (org, tbl, row_id, at, id);
create index entry_at on audit.entry (org, at, id);
create index entry_actor on audit.entry (org, actor, at, id) where actor is not null and actor <> 'center';
create index entry_device on audit.entry (org, device, at, id) where device is not null;
create index entry_session on audit.entry (org, session, at, id) where session is not null;
create index entry_told on audit.entry (org, op, at, id) where op in ('read', 'act', 'delete');
create index entry_reason on audit.entry (org, at, id) where reason is not null;
