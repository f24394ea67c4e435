-- How an organisation stands, and which of its modules are off.

alter table kernel.organisation
  add column state text not null default 'ACTIVE'
    check (state in ('ACTIVE', 'PAST_DUE', 'READ_ONLY', 'SUSPENDED', 'TERMINATED')),
  add column state_since bigint,
  add column state_reason text check (length(state_reason) between 1 and 2000),
  -- While TERMINATED: from when its key may be destroyed. ms UTC.
  add column destroy_after bigint,
  -- Its key is gone: nothing that was sealed for it can be opened by anybody.
  add column destroyed_at bigint;

create table kernel.module_switch (
  org text not null references kernel.organisation,
  module text not null,
  -- off: by the organisation's administrators; killed: by the operator of the center, and only theirs to lift.
  position text not null check (position in ('off', 'killed')),
  reason text not null check (length(reason) between 1 and 400),
  changed_by text,
  changed_at bigint not null,
  primary key (org, module)
);
select kernel.guard('kernel', 'module_switch');

-- Whose agency a person works for; null for every agency of their site.
alter table identity.person add column agency text;

-- When whoever holds the session last proved who they are: at sign-in, and again before sensitive actions. ms UTC.
alter table identity.session add column proven_at bigint;
