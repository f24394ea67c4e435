-- Invitations, one-time resets, and what an organisation's administrators set about its security.

create table identity.policy (
  org text primary key references kernel.organisation,
  -- domain/identity/policy.ts; what is not in it holds by default.
  body jsonb not null,
  version integer not null check (version >= 1),
  changed_by text,
  changed_at bigint not null
);
select kernel.guard('identity', 'policy');
revoke delete on identity.policy from qd_app;

alter table identity.person
  -- Where an invitation or a reset was meant to be sent; the center sends none itself.
  add column email text check (length(email) between 3 and 254),
  add column password_changed_at bigint;

-- Somebody who may join: the person is made when they accept. The code is kept as a hash and shown once.
create table identity.invitation (
  org text not null references kernel.organisation,
  id text not null,
  login text not null check (login = lower(login) and length(login) between 1 and 120),
  name text not null check (length(name) between 1 and 120),
  roles text[] not null,
  site text,
  agency text,
  email text check (length(email) between 3 and 254),
  hash text not null,
  made_by text,
  made_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint,
  accepted_at bigint,
  -- Who came of it.
  person text,
  primary key (org, id),
  unique (hash),
  foreign key (org, site) references kernel.site,
  foreign key (org, person) references identity.person
);
create index invitation_login on identity.invitation (org, login) where accepted_at is null and revoked_at is null;
select kernel.guard('identity', 'invitation', 'rows', '{hash}', true);
revoke delete on identity.invitation from qd_app;

-- A new password by whoever holds the code, instead of the old one.
create table identity.password_reset (
  org text not null,
  id text not null,
  person text not null,
  hash text not null,
  made_by text,
  made_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint,
  used_at bigint,
  primary key (org, id),
  unique (hash),
  foreign key (org, person) references identity.person
);
create index password_reset_person on identity.password_reset (org, person) where used_at is null and revoked_at is null;
select kernel.guard('identity', 'password_reset', 'rows', '{hash}', true);
revoke delete on identity.password_reset from qd_app;

create function identity.org_of_invitation(of_hash text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select i.org from identity.invitation i where i.hash = of_hash $$;

create function identity.org_of_reset(of_hash text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select r.org from identity.password_reset r where r.hash = of_hash $$;

revoke all on function identity.org_of_invitation(text), identity.org_of_reset(text) from public;
grant execute on function identity.org_of_invitation(text), identity.org_of_reset(text) to qd_app;

-- revoked: by its owner or an administrator; replaced: another operator took the seat.
alter table identity.session
  drop constraint session_end_reason_check,
  add constraint session_end_reason_check check (end_reason in ('signed out', 'withdrawn', 'reused', 'revoked', 'replaced')),
  add column ended_by text,
  -- What its holder said it is (the user agent), so that they know it again in a list.
  add column client text check (length(client) <= 200);
