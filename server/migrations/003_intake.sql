-- Facts, logs, streams and folded state.

-- One row an organisation; updating it is how an intake becomes the organisation's only writer. `seq` counts intakes, so
-- that a node knows whether what it remembers is still the newest.
create table kernel.intake (
  org text primary key,
  epoch text not null,
  seq bigint not null default 0
);
select kernel.guard('kernel', 'intake', 'none');

create table kernel.epoch (
  org text not null,
  id text not null,
  began_at bigint not null,
  reason text not null,
  primary key (org, id)
);
select kernel.guard('kernel', 'epoch');

create table kernel.log_head (
  org text not null,
  log text not null,
  station text not null,
  site text not null,
  seq bigint not null,
  hash text,
  -- `to` of the furthest declared gap, 0 for none; and positions skipped under it that nobody has filled.
  gap_to bigint not null default 0,
  holes bigint[] not null default '{}',
  primary key (org, log)
);
create index log_head_site on kernel.log_head (org, site);
select kernel.guard('kernel', 'log_head', 'none');

-- Facts as they came. `n` is the number on the stream of the fact's own site.
create table kernel.fact (
  org text not null,
  site text not null,
  n bigint not null,
  log text not null,
  seq bigint not null,
  id text not null,
  hash text not null,
  station text not null,
  type text not null,
  v integer not null,
  at bigint not null,
  hlc text not null,
  by_user text,
  session text,
  received_at bigint not null,
  h text not null,
  s text not null,
  k text,
  b text,
  -- The body could not be opened when it came: its key was not there yet.
  unread boolean not null default false,
  primary key (org, site, n),
  unique (org, log, seq),
  unique (org, id)
);
create index fact_unread on kernel.fact (org, k) where unread;
select kernel.guard('kernel', 'fact', 'summary');

create table kernel.fact_about (
  org text not null,
  ref text not null,
  site text not null,
  n bigint not null,
  primary key (org, ref, site, n)
);
select kernel.guard('kernel', 'fact_about', 'none');
revoke update, delete on kernel.fact_about from qd_app;

-- The newest number of a site's stream. Numbers are given under this row's lock, so their order is the order of visibility.
create table kernel.stream (
  org text not null,
  site text not null,
  head bigint not null,
  primary key (org, site)
);
select kernel.guard('kernel', 'stream', 'none');

-- What is on a site's stream besides the site's own facts: records, markers, facts of other sites.
create table kernel.stream_item (
  org text not null,
  site text not null,
  n bigint not null,
  kind text not null check (kind in ('record', 'marker', 'fact')),
  -- The record version or marker; for a fact its home, as {"site":…,"n":…}.
  item jsonb not null,
  -- `kind/id` of a record, `log/seq` of a marker, `site/n` of a fact.
  name text not null,
  primary key (org, site, n)
);
create index stream_item_name on kernel.stream_item (org, site, kind, name);
select kernel.guard('kernel', 'stream_item', 'none');
revoke update, delete on kernel.stream_item from qd_app;

-- Folded state of entities, sealed under the entity's key: derived from facts, and rebuilt from them by refolding.
create table kernel.entity (
  org text not null,
  ref text not null,
  kind text not null,
  -- Open, or closed: what a new station gets as facts and what as folded state.
  open boolean not null,
  -- Milliseconds of the reading of its latest fact.
  touched_at bigint not null,
  count integer not null,
  fold_version integer not null,
  key text not null,
  folded bytea not null,
  primary key (org, ref)
);
create index entity_recent on kernel.entity (org, touched_at);
create index entity_open on kernel.entity (org, ref) where open;
select kernel.guard('kernel', 'entity', 'none');

create table kernel.entity_site (
  org text not null,
  ref text not null,
  site text not null,
  primary key (org, ref, site)
);
select kernel.guard('kernel', 'entity_site', 'none');

-- Incident numbers: `next` is the first of a year that was never leased. A new epoch jumps it.
create table kernel.number_block (
  org text not null,
  site text not null,
  year integer not null,
  next bigint not null,
  primary key (org, site, year)
);
select kernel.guard('kernel', 'number_block');
revoke delete on kernel.number_block from qd_app;

create table kernel.number_lease (
  org text not null,
  site text not null,
  id text not null,
  log text not null,
  year integer not null,
  first bigint not null,
  last bigint not null check (last >= first),
  leased_at bigint not null,
  primary key (org, id)
);
create index number_lease_log on kernel.number_lease (org, log, year);
select kernel.guard('kernel', 'number_lease');
revoke update, delete on kernel.number_lease from qd_app;

-- Enters an organisation as its only writer until the transaction ends.
create function kernel.begin_intake(of_org text) returns table (epoch text, seq bigint)
  language plpgsql
  as $$
  begin
    perform kernel.enter(of_org, 'center', null, null, null);
    return query update kernel.intake i set seq = i.seq + 1 where i.org = of_org returning i.epoch, i.seq;
  end $$;
revoke all on function kernel.begin_intake(text) from public;
grant execute on function kernel.begin_intake(text) to qd_app;

-- Erasure: the bodies that an entity's keys sealed go with the keys, and its folded state and relational row with them.
create function kernel.destroy_keys(of_ref text, because text) returns integer
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
    perform audit.note(kernel.org(), 'act', 'keys.entity', of_ref, null, jsonb_build_object('destroyed', ids, 'reason', because));
    return coalesce(array_length(ids, 1), 0);
  end $$;
revoke all on function kernel.destroy_keys(text, text) from public;
grant execute on function kernel.destroy_keys(text, text) to qd_app;

-- Facts that waited for these keys have been folded with them.
create function kernel.read_now(keys text[]) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ update kernel.fact set unread = false where org = kernel.org() and unread and k = any (keys) $$;
revoke all on function kernel.read_now(text[]) from public;
grant execute on function kernel.read_now(text[]) to qd_app;
