-- Keys that are rotated while everything runs, equality search over what is sealed, and how long the audit is kept.

-- ── Keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- An organisation's key is replaced in one transaction that wraps anew all that is under it.
alter table keys.organisation
  add column id text not null default 'first',
  add column rotated_at bigint;

-- A new key is made known first, and used once every workstation that has to know it does: null until then.
alter table keys.site add column active_at bigint;
alter table keys.signing add column active_at bigint;
update keys.site set active_at = created_at;
update keys.signing set active_at = created_at;

-- Which workstations know a key that is not in use yet.
create table keys.known (
  org text not null,
  key text not null,
  station text not null,
  primary key (org, key, station)
);
select kernel.guard('keys', 'known', 'none');
revoke update on keys.known from qd_app;

-- Keys for what is the organisation's own: its secrets, derived state that is about operations, and blind indexes. Under the
-- organisation's key, so that rotating that one leaves what they seal alone.
create table keys.inner (
  org text not null,
  id text not null,
  purpose text not null check (purpose in ('secrets', 'operations', 'index')),
  wrapped bytea not null,
  created_at bigint not null,
  retired_at bigint,
  primary key (org, id)
);
create unique index inner_current on keys.inner (org, purpose) where retired_at is null;
select kernel.guard('keys', 'inner', 'rows', '{wrapped}');
revoke delete on keys.inner from qd_app;

-- An entity's key stays; only what wraps it is another. By nobody but this, and only from what the caller read.
create index entity_under on keys.entity (org, site, under);
create function keys.rewrap_entities(of_keys jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    moved bigint;
  begin
    with changed as (
      update keys.entity e set under = k ->> 'under', wrapped = k ->> 'wrapped'
      from jsonb_array_elements(of_keys) k
      where e.org = kernel.org() and e.id = k ->> 'id' and e.under = k ->> 'was'
      returning e.id)
      select count(*) into moved from changed;
    perform audit.note(kernel.org(), 'act', 'keys.entity', null, null, jsonb_build_object('act', 'wrapped anew', 'keys', moved));
    return moved;
  end $$;
revoke all on function keys.rewrap_entities(jsonb) from public;
grant execute on function keys.rewrap_entities(jsonb) to qd_app;

-- ── Blind index ────────────────────────────────────────────────────────────────────────────────────────────────────
-- What a caller's number is found by: HMAC-SHA256 of it under the organisation's index key. Kept by a worker from the sealed
-- column, so that taking facts pays nothing for it; `source` tells whether it still is of what the column holds.
create table cad.callback_index (
  org text not null,
  incident text not null,
  key text not null,
  tag bytea not null,
  -- SHA-256 of the sealed column it was made from.
  source bytea not null,
  primary key (org, incident)
);
create index callback_tag on cad.callback_index (org, tag);
create index callback_key on cad.callback_index (org, key);
select kernel.guard('cad', 'callback_index', 'none');

-- Erasure takes what an entity is found by with it.
create or replace function kernel.destroy_keys(of_ref text, because text) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    ids text[];
  begin
    if exists (select from kernel.legal_hold h where h.org = kernel.org() and h.entity = of_ref and h.released_at is null) then
      raise exception 'a legal hold forbids erasing %', split_part(of_ref, ':', 1) using errcode = 'QD001';
    end if;
    with gone as (delete from keys.entity where org = kernel.org() and entity = of_ref returning id)
      select coalesce(array_agg(id), '{}') into ids from gone;
    insert into keys.destroyed (org, id, reason, at)
      select kernel.org(), i, because, audit.now_ms() from unnest(ids) i on conflict do nothing;
    update kernel.fact set b = null, unread = false where org = kernel.org() and k = any (ids);
    delete from cad.callback_index where org = kernel.org() and 'incident:' || incident = of_ref;
    perform audit.note(kernel.org(), 'act', 'keys.entity', of_ref, null, jsonb_build_object('destroyed', ids, 'reason', because));
    return coalesce(array_length(ids, 1), 0);
  end $$;

-- ── How long the audit is kept ─────────────────────────────────────────────────────────────────────────────────────
create index seal_reach on audit.seal (org, to_xid, to_id);

-- Years; six where nothing is said (45 CFR 164.316(b)(2)(i)). It is only ever raised.
create table audit.retention (
  org text primary key,
  years integer not null check (years between 6 and 100)
);
select kernel.guard('audit', 'retention');
revoke delete on audit.retention from qd_app;
create function audit.refuse_less() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if tg_op = 'DELETE' or new.years < old.years then
      raise exception 'the retention of the audit is only ever raised' using errcode = 'QD005';
    end if;
    return new;
  end $$;
create trigger raised_only before update or delete on audit.retention for each row execute function audit.refuse_less();
alter table audit.retention enable always trigger raised_only;
alter table audit.retention enable always trigger no_truncate;

-- What is left of a stretch that was kept for long enough: where the chain stood at its end, signed.
create table audit.stub (
  org text not null,
  position bigint not null,
  to_xid xid8 not null,
  to_id bigint not null,
  entries bigint not null,
  total bigint not null,
  hash bytea not null,
  -- The newest entry that was removed.
  newest bigint not null,
  at bigint not null,
  signed_by text not null,
  signature text not null,
  primary key (org, position)
);
select kernel.guard('audit', 'stub');
revoke insert, update, delete on audit.stub from qd_app;
create trigger append_only before update or delete on audit.stub for each row execute function kernel.refuse_change();
alter table audit.stub enable always trigger append_only;
alter table audit.stub enable always trigger no_truncate;

-- Entries and seals leave only behind a stub that covers them, and entries only after six years at the least.
create function audit.refuse_kept() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if tg_op = 'DELETE' and old.at < (extract(epoch from clock_timestamp() - interval '6 years') * 1000)::bigint
       and exists (select from audit.stub s where s.org = old.org and (s.to_xid, s.to_id) >= (old.xid, old.id)) then
      return old;
    end if;
    raise exception 'rows of %.% are not changed like this', tg_table_schema, tg_table_name using errcode = 'QD002';
  end $$;
drop trigger append_only on audit.entry;
create trigger append_only before update or delete on audit.entry for each row execute function audit.refuse_kept();
alter table audit.entry enable always trigger append_only;

create or replace function audit.refuse_reseal() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if tg_op = 'UPDATE' and old.signature is null and new.signature is not null
       and to_jsonb(old) - 'signed_by' - 'signature' = to_jsonb(new) - 'signed_by' - 'signature' then
      return new;
    end if;
    if tg_op = 'DELETE' and exists (select from audit.stub s where s.org = old.org and s.position >= old.position) then
      return old;
    end if;
    raise exception 'a seal is signed once and is otherwise as it was made' using errcode = 'QD002';
  end $$;

-- The furthest seal under which, and before which, all is older than the organisation's retention; null where there is none,
-- and while anything of the organisation is held for a court.
create function audit.removable() returns audit.seal
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    found audit.seal;
    keep interval := make_interval(years => greatest(6, (select r.years from audit.retention r where r.org = kernel.org())));
    cutoff bigint := (extract(epoch from clock_timestamp() - coalesce(keep, interval '6 years')) * 1000)::bigint;
    kept record;
  begin
    if exists (select from kernel.legal_hold h where h.org = kernel.org() and h.released_at is null) then
      return null;
    end if;
    -- The first entry, in the order of the chain, that is to be kept.
    select e.xid, e.id into kept from audit.entry e where e.org = kernel.org() and e.at >= cutoff order by e.xid, e.id limit 1;
    select s.* into found from audit.seal s
      where s.org = kernel.org() and s.signature is not null and (kept.xid is null or (s.to_xid, s.to_id) < (kept.xid, kept.id))
      order by s.position desc limit 1;
    return found;
  end $$;
revoke all on function audit.removable() from public;
grant execute on function audit.removable() to qd_app;

create function audit.remove_through(at_position bigint, by_key text, with_signature text) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    last audit.seal := audit.removable();
    gone bigint;
  begin
    perform pg_advisory_xact_lock(hashtextextended('qd.seal|' || kernel.org(), 0));
    if last.position is null or last.position <> at_position then
      raise exception 'this stretch of the audit is not to be removed' using errcode = 'QD005';
    end if;
    insert into audit.stub
      select last.org, last.position, last.to_xid, last.to_id, count(*), last.total, last.hash, coalesce(max(e.at), last.at), audit.now_ms(), by_key, with_signature
      from audit.entry e where e.org = last.org and (e.xid, e.id) <= (last.to_xid, last.to_id);
    delete from audit.entry e where e.org = last.org and (e.xid, e.id) <= (last.to_xid, last.to_id);
    get diagnostics gone = row_count;
    delete from audit.seal s where s.org = last.org and s.position <= last.position;
    return gone;
  end $$;
revoke all on function audit.remove_through(bigint, text, text) from public;
grant execute on function audit.remove_through(bigint, text, text) to qd_app;
