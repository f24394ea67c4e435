-- Second factors, and single sign-on.

-- An authenticator app. One is confirmed at most, and one begun that waits for its first code and then takes its place.
create table identity.totp (
  org text not null,
  id text not null,
  person text not null,
  -- The shared secret under the organisation's key.
  secret bytea not null,
  made_at bigint not null,
  confirmed_at bigint,
  -- The last time step a code of which was accepted (RFC 6238, 5.2): no code is good twice.
  last_step bigint not null default 0,
  primary key (org, id),
  foreign key (org, person) references identity.person
);
create unique index totp_confirmed on identity.totp (org, person) where confirmed_at is not null;
create unique index totp_begun on identity.totp (org, person) where confirmed_at is null;
select kernel.guard('identity', 'totp', 'rows', '{secret}');

create table identity.passkey (
  org text not null,
  id text not null,
  person text not null,
  name text not null check (length(name) between 1 and 60),
  -- The credential's id as the authenticator gave it, base64url. No two people have one (WebAuthn Level 3, 7.1, step 26).
  credential text not null,
  public_key bytea not null,
  -- The authenticator's signature counter; 0 for one that does not count.
  counter bigint not null,
  transports text[] not null,
  synced boolean not null,
  made_at bigint not null,
  last_used_at bigint,
  primary key (org, id),
  unique (credential),
  foreign key (org, person) references identity.person
);
create index passkey_person on identity.passkey (org, person);
select kernel.guard('identity', 'passkey', 'rows', '{}', true);

create table identity.recovery_code (
  org text not null,
  id text not null,
  person text not null,
  hash text not null,
  made_at bigint not null,
  used_at bigint,
  primary key (org, id),
  foreign key (org, person) references identity.person
);
create index recovery_code_person on identity.recovery_code (org, person);
select kernel.guard('identity', 'recovery_code', 'rows', '{hash}');

-- Challenges that were answered, until they would have expired anyway: none is answered twice.
create table identity.used_challenge (
  org text not null,
  id text not null,
  expires_at bigint not null,
  primary key (org, id)
);
create index used_challenge_expiry on identity.used_challenge (org, expires_at);
select kernel.guard('identity', 'used_challenge', 'none');

-- How a session was opened: authentication methods by RFC 8176, `mfa` among them where there were two factors.
alter table identity.session add column amr text[] not null default '{pwd}';

create table identity.sso (
  org text primary key references kernel.organisation,
  -- domain/identity/api/sso.ts
  settings jsonb not null,
  -- Under the organisation's key; null for a public client.
  client_secret bytea,
  changed_by text,
  changed_at bigint not null
);
select kernel.guard('identity', 'sso', 'rows', '{client_secret}');

-- Who a person is at a provider. The pair names them for good; an e-mail address can change hands.
create table identity.federated (
  org text not null,
  id text not null,
  person text not null,
  issuer text not null,
  subject text not null,
  linked_at bigint not null,
  last_at bigint not null,
  primary key (org, id),
  unique (org, issuer, subject),
  foreign key (org, person) references identity.person
);
create index federated_person on identity.federated (org, person);
select kernel.guard('identity', 'federated');

-- Whose a passkey is, before an organisation is known.
create function identity.org_of_passkey(of_credential text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select p.org from identity.passkey p where p.credential = of_credential $$;
revoke all on function identity.org_of_passkey(text) from public;
grant execute on function identity.org_of_passkey(text) to qd_app;
