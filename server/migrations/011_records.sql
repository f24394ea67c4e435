-- The records of a site: who and what there is to send, and what is derived when a run ends. Each a table of records;
-- their bodies are the declarations' (domain/cad).

select kernel.record_table('cad', t)
from unnest(array['site_profile', 'agency', 'facility', 'district', 'roster_unit', 'nature', 'disposition', 'status_set',
                  'position', 'person', 'run']) t;

create schema epcr;
create schema billing;
create schema documents;
grant usage on schema epcr, billing, documents to qd_app;
select kernel.record_table('epcr', 'chart');
select kernel.record_table('billing', 'trip');
select kernel.record_table('documents', 'report');

-- ── Documents ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- A stored document: the bytes named by their digest, sealed in chunks under the key of the entity they are about, so
-- that destroying the entity's keys erases them too. One that is made again stands beside the one before it.
create table documents.blob (
  org text not null,
  -- The record that shows it.
  id text not null,
  -- SHA-256 of the bytes, hex.
  digest text not null,
  site text not null,
  media text not null,
  bytes integer not null check (bytes > 0),
  chunks integer not null check (chunks > 0),
  entity text not null,
  -- Which of the entity's keys seals it.
  key text not null,
  -- SHA-256 of what it was made from: the same again makes no new document.
  source text not null,
  made_at bigint not null,
  primary key (org, id, digest)
);
select kernel.guard('documents', 'blob');

create table documents.chunk (
  org text not null,
  id text not null,
  digest text not null,
  n integer not null,
  sealed bytea not null,
  primary key (org, id, digest, n),
  foreign key (org, id, digest) references documents.blob
);
select kernel.guard('documents', 'chunk', 'rows', '{sealed}');

-- ── Hand-off ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Incidents whose hand-off is to be derived. Written by the triggers below in the transaction that takes the facts, so a
-- crash between a run's end and its hand-off loses nothing. `mark` tells a worker whether more came while it worked.
create sequence cad.handoff_mark;
grant usage on sequence cad.handoff_mark to qd_app;
create table cad.handoff_due (
  org text not null,
  incident text not null,
  mark bigint not null,
  attempts integer not null default 0,
  next_at bigint not null default 0,
  last_error text,
  primary key (org, incident)
);
create index handoff_due_next on cad.handoff_due (next_at);
select kernel.guard('cad', 'handoff_due', 'none', '{}', true);

create function cad.handoff_is_due(of_org text, of_incident text) returns void
  language sql set search_path = pg_catalog, pg_temp
  as $$
    insert into cad.handoff_due (org, incident, mark) values (of_org, of_incident, nextval('cad.handoff_mark'))
    on conflict (org, incident) do update set mark = excluded.mark, next_at = 0, attempts = 0, last_error = null
  $$;

create function cad.run_touched() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(new.org, new.incident);
    return null;
  end $$;
-- A run has ended, or was touched after it had: also where a later fact says that it has not.
create trigger handoff_on_begin after insert on cad.assignment for each row
  when (new.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty'))
  execute function cad.run_touched();
create trigger handoff_on_change after update on cad.assignment for each row
  when (new.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty')
        or old.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty'))
  execute function cad.run_touched();

create function cad.incident_touched() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if new.life = 'closed' or exists (
      select from cad.assignment a
      where a.org = new.org and a.incident = new.id
        and a.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty')
    ) then
      perform cad.handoff_is_due(new.org, new.id);
    end if;
    return null;
  end $$;
create trigger handoff after insert or update on cad.incident for each row execute function cad.incident_touched();

-- Of which organisations something is due now; what it is, only the organisation's own transaction sees.
create function cad.handoff_orgs(now bigint) returns setof text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select distinct org from cad.handoff_due where next_at <= now $$;
revoke all on function cad.handoff_orgs(bigint) from public;
grant execute on function cad.handoff_orgs(bigint) to qd_app;

-- ── Requests ───────────────────────────────────────────────────────────────────────────────────────────────────────
create schema requests;
grant usage on schema requests to qd_app;
create table requests.request (
  org text not null,
  -- Made where the request was made: its idempotency key.
  id text not null,
  site text not null,
  station text,
  kind text not null,
  by_user text,
  session text,
  made_at bigint not null,
  decided_at bigint not null,
  -- SHA-256 of the input: another input under the same id is refused.
  input text not null,
  state text not null check (state in ('accepted', 'refused')),
  decision jsonb not null,
  result jsonb,
  primary key (org, id)
);
select kernel.guard('requests', 'request');
revoke update, delete on requests.request from qd_app;
