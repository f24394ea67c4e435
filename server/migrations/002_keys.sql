-- Keys, wrapped. A schema of its own, so that a backup of the data can leave it out: destroying an entity's keys here
-- erases what they sealed in every copy of the data.

create table keys.organisation (
  org text primary key,
  -- The organisation's key under the master key.
  wrapped bytea not null,
  -- Which master key: the first 16 hex digits of its SHA-256.
  under text not null,
  created_at bigint not null
);
select kernel.guard('keys', 'organisation', 'rows', '{wrapped}');

create table keys.site (
  org text not null,
  id text not null,
  site text not null,
  -- The site's key under the organisation's.
  wrapped bytea not null,
  created_at bigint not null,
  retired_at bigint,
  primary key (org, id)
);
create index site_of on keys.site (org, site);
select kernel.guard('keys', 'site', 'rows', '{wrapped}');

create table keys.signing (
  org text not null,
  -- base64url of the public key.
  id text not null,
  -- The private key (PKCS #8) under the organisation's.
  wrapped bytea not null,
  created_at bigint not null,
  retired_at bigint,
  primary key (org, id)
);
select kernel.guard('keys', 'signing', 'rows', '{wrapped}');

-- Envelopes of entity keys as stations sent them. Not audited row by row: each arrives with facts that are, and what
-- matters, their destruction, is noted by kernel.destroy_keys.
create table keys.entity (
  org text not null,
  id text not null,
  entity text not null,
  site text not null,
  under text not null,
  wrapped text not null,
  primary key (org, id)
);
create index entity_of on keys.entity (org, entity);
select kernel.guard('keys', 'entity', 'none');
revoke update on keys.entity from qd_app;

-- A key once destroyed stays destroyed: an envelope of this entity that comes in late is not taken again.
create table keys.destroyed (
  org text not null,
  id text not null,
  reason text not null,
  at bigint not null,
  primary key (org, id)
);
select kernel.guard('keys', 'destroyed');
revoke update, delete on keys.destroyed from qd_app;
