-- What a database that was put back must go on with: its audit, its numbers, and what it judged without the sign-ins.

-- ── Audit ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Entries are sealed in the order of their transactions. A dump that is restored into another cluster meets one whose
-- transactions may count from far below those that are sealed: what is written there would fall among what is sealed
-- already, or wait for years. The place of a transaction in the order of the audit is therefore its id and as much as puts
-- it past everything there was when the database came to this cluster. A function and not a row, so that a dump has it and
-- an insert pays nothing for it.
create function audit.along(of_transaction xid8) returns xid8
  language sql immutable parallel safe
  as $$ select of_transaction $$;
revoke all on function audit.along(xid8) from public;

alter table audit.entry alter column xid set default audit.along(pg_current_xact_id());

-- To be called before a center serves: moves the order along where entries or seals are ahead of this cluster's
-- transactions. Returns by how much it is moved now.
create function audit.follow_on() returns numeric
  language plpgsql
  as $$
  declare
    newest numeric;
    next numeric;
    moved numeric := audit.along('0'::xid8)::text::numeric;
  begin
    perform pg_advisory_xact_lock(hashtextextended('qd.audit.along', 0));
    select max(x.xid::text::numeric) into newest from (
      select s.to_xid as xid from audit.seal s
      union all
      select l.xid from kernel.organisations() o, lateral (
        select e.xid from audit.entry e where e.org = o order by e.xid desc limit 1) l) x;
    next := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
    if newest >= next + moved then
      moved := newest + 1 - next;
      execute format(
        'create or replace function audit.along(of_transaction xid8) returns xid8 language sql immutable parallel safe '
        'as $along$ select ((of_transaction::text::numeric + %s)::text)::xid8 $along$', moved);
    end if;
    return moved;
  end $$;
revoke all on function audit.follow_on() from public;

create or replace function audit.seal_next() returns audit.seal
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
      where e.org = of_org and e.xid < audit.along(pg_snapshot_xmin(pg_current_snapshot()))
        and (last.position is null or (e.xid, e.id) > (last.to_xid, last.to_id));
    if made.entries = 0 then
      return null;
    end if;
    select max(e.id) into made.to_id from audit.entry e where e.org = of_org and e.xid = made.to_xid;
    insert into audit.seal select made.*;
    return made;
  end $$;

-- ── Numbers ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- How many numbers may be leased at once from `next`, as of a moment: server/kernel/intake/number-room.ts.
alter table kernel.number_block
  add column room bigint not null default 20000 check (room >= 0),
  add column room_at bigint not null default audit.now_ms();
alter table kernel.number_block alter column room drop default, alter column room_at drop default;

-- ── Sign-ins ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Facts that are contested only because their sign-in was not known when they came. Once a station shows the grant of it,
-- they are judged again.
create table kernel.awaiting_sign_in (
  org text not null,
  session text not null,
  fact text not null,
  primary key (org, session, fact)
);
select kernel.guard('kernel', 'awaiting_sign_in', 'none');
revoke update on kernel.awaiting_sign_in from qd_app;
