-- People, their sessions and grants, enrolment of workstations. Organisations, sites, devices and standing are the
-- kernel's (001); what is here is how somebody comes to have one.

create schema identity;
grant usage on schema identity to qd_app;

create table identity.person (
  org text not null references kernel.organisation,
  id text not null,
  -- The site they work at; null for every site of the organisation.
  site text,
  login text not null check (login = lower(login) and length(login) between 1 and 120),
  name text not null check (length(name) between 1 and 120),
  -- argon2id, PHC string.
  password text not null,
  roles text[] not null,
  active boolean not null default true,
  -- Counts up with every change: the version of the record that stations hold.
  version integer not null default 1,
  created_at bigint not null,
  changed_at bigint not null,
  primary key (org, id),
  unique (org, login),
  foreign key (org, site) references kernel.site
);
create index person_login on identity.person (login);
select kernel.guard('identity', 'person', 'rows', '{password}', true);
revoke delete on identity.person from qd_app;

create table identity.session (
  org text not null,
  id text not null,
  person text not null,
  -- Where it was begun; both null for a session of the API.
  site text,
  station text,
  position text,
  roles text[] not null,
  started_at bigint not null,
  refreshed_at bigint not null,
  -- When it may be refreshed no more, whatever happens.
  expires_at bigint not null,
  ended_at bigint,
  end_reason text check (end_reason in ('signed out', 'withdrawn', 'reused')),
  primary key (org, id),
  foreign key (org, person) references identity.person
);
create index session_person on identity.session (org, person) where ended_at is null;
create index session_station on identity.session (org, station) where ended_at is null;
select kernel.guard('identity', 'session');
revoke delete on identity.session from qd_app;

-- The right to sign in at one station without the center. Its id is what facts made under it name as their session.
create table identity.offline_grant (
  org text not null,
  id text not null,
  session text not null,
  person text not null,
  station text not null,
  issued_at bigint not null,
  expires_at bigint not null,
  primary key (org, id),
  foreign key (org, session) references identity.session
);
create index offline_grant_person on identity.offline_grant (org, person, expires_at);
create index offline_grant_station on identity.offline_grant (org, station, expires_at);
create index offline_grant_session on identity.offline_grant (org, session);
select kernel.guard('identity', 'offline_grant');
revoke delete on identity.offline_grant from qd_app;

-- A family is a session. Tokens are kept as hashes; a row once used stays, so that a second use is known for what it is.
create table identity.refresh_token (
  org text not null,
  hash text not null,
  session text not null,
  -- The token it was made from; null for a session's first.
  parent text,
  issued_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  -- Another answer to the same refresh was used in its place.
  superseded boolean not null default false,
  primary key (org, hash),
  foreign key (org, session) references identity.session
);
create index refresh_token_hash on identity.refresh_token (hash);
create index refresh_token_session on identity.refresh_token (org, session);
create index refresh_token_parent on identity.refresh_token (org, parent);
select kernel.guard('identity', 'refresh_token', 'none', '{}', true);

-- Wrong passwords by account and way in (`station`, `api`), under a hash of what was typed.
create table identity.sign_in_failures (
  org text not null,
  account text not null,
  times bigint[] not null,
  paused_until bigint,
  primary key (org, account)
);
select kernel.guard('identity', 'sign_in_failures', 'none');

create table identity.enrolment_code (
  org text not null,
  id text not null,
  site text not null,
  hash text not null,
  made_by text,
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  used_by_station text,
  primary key (org, id),
  unique (hash),
  foreign key (org, site) references kernel.site
);
select kernel.guard('identity', 'enrolment_code', 'rows', '{hash}', true);
revoke delete on identity.enrolment_code from qd_app;

-- Assertions of devices that were already taken, until they would have expired anyway.
create table identity.used_assertion (
  org text not null,
  station text not null,
  jti text not null,
  expires_at bigint not null,
  primary key (org, station, jti)
);
create index used_assertion_expiry on identity.used_assertion (org, expires_at);
select kernel.guard('identity', 'used_assertion', 'none');

-- Counters of the rate limits, by hash of address or account. No organisation: they count before one is known. The only
-- table without one; it holds no name, no address, nothing but how often.
create table identity.rate_limit (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
alter table identity.rate_limit enable row level security;
alter table identity.rate_limit force row level security;
create policy counting on identity.rate_limit to qd_app using (true) with check (true);
grant select, insert, update, delete on identity.rate_limit to qd_app;

-- The look-ups before an organisation is known: each answers where to look, and nothing else.
create function identity.orgs_of_login(of_login text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select p.org from identity.person p where p.login = of_login limit 2 $$;

create function identity.org_of_code(of_hash text) returns table (org text, site text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select c.org, c.site from identity.enrolment_code c where c.hash = of_hash $$;

create function identity.org_of_refresh(of_hash text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select t.org from identity.refresh_token t where t.hash = of_hash $$;

revoke all on function identity.orgs_of_login(text), identity.org_of_code(text), identity.org_of_refresh(text) from public;
grant execute on function identity.orgs_of_login(text), identity.org_of_code(text), identity.org_of_refresh(text) to qd_app;
