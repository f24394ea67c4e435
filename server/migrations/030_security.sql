-- What looks like an attack, raised from what happened and handled by somebody to an end.

create schema security;
grant usage on schema security to qd_app;

-- Who tried to sign in, from where, and whether it went. Kept for the detectors, 60 days.
create table security.attempt (
  org text not null references kernel.organisation,
  id text not null,
  at bigint not null,
  -- A hash of the name that was typed.
  account text not null,
  -- Whose account it is; null where nobody has that name.
  person text,
  address text not null,
  station text,
  good boolean not null,
  primary key (org, id)
);
create index attempt_at on security.attempt (org, at);
create index attempt_person on security.attempt (org, person, at) where good;
select kernel.guard('security', 'attempt', 'none');

create table security.event (
  org text not null references kernel.organisation,
  id text not null,
  kind text not null,
  -- Whom or what it is about: a person's id, an address. One that is open is raised once and counted on.
  subject text not null,
  first_at bigint not null,
  last_at bigint not null,
  times integer not null default 1,
  -- What was looked at, as the detector says it.
  evidence jsonb not null,
  state text not null default 'open' check (state in ('open', 'taken', 'closed')),
  taken_by text,
  taken_at bigint,
  closed_by text,
  closed_at bigint,
  resolution text check (resolution in ('harmless', 'contained', 'escalated')),
  note text check (length(note) between 1 and 4000),
  primary key (org, id),
  check ((state = 'closed') = (closed_at is not null and resolution is not null and note is not null))
);
create unique index event_open on security.event (org, kind, subject) where state <> 'closed';
create index event_order on security.event (org, last_at desc, id desc);
select kernel.guard('security', 'event');
revoke delete on security.event from qd_app;
