-- Rows of computer-aided dispatch, folded from facts in the transaction that takes them. Place, caller, patient and notes
-- are PHI and sealed under the incident's key; zone, nature, priority, times and a 100 m cell are in clear for reports.

create table cad.incident (
  org text not null,
  id text not null,
  site text not null,
  number text,
  nature_code text,
  nature_text text,
  priority text,
  zone text,
  -- 100 m cell of the location's coordinates.
  cell text,
  alarm integer,
  life text check (life in ('open', 'closed')),
  answered_at bigint,
  closed_at bigint,
  disposition text,
  merged_into text,
  -- Which of the entity's keys seals the columns below.
  key text,
  location bytea,
  caller bytea,
  callback bytea,
  patient bytea,
  notes bytea,
  -- Conflicts, contested facts, times, holds, links, references.
  body jsonb not null,
  updated_at bigint not null,
  primary key (org, id)
);
create index incident_site on cad.incident (org, site, life, answered_at);
create index incident_number on cad.incident (org, number);
create index incident_answered on cad.incident (org, answered_at, id);
select kernel.guard('cad', 'incident', 'rows', '{notes}');

create table cad.unit (
  org text not null,
  id text not null,
  site text not null,
  status_code text,
  status text,
  commitments text[] not null default '{}',
  body jsonb not null,
  updated_at bigint not null,
  primary key (org, id)
);
select kernel.guard('cad', 'unit');

create table cad.assignment (
  org text not null,
  id text not null,
  site text not null,
  incident text not null,
  unit text not null,
  ordinal integer not null,
  status_code text,
  status text,
  destination text,
  dispatch_notified bigint,
  unit_notified bigint,
  acknowledged bigint,
  en_route bigint,
  staged bigint,
  on_scene bigint,
  at_patient bigint,
  transfer_of_care bigint,
  left_scene bigint,
  at_destination bigint,
  destination_transfer bigint,
  back_in_service bigint,
  canceled bigint,
  home_location bigint,
  body jsonb not null,
  updated_at bigint not null,
  primary key (org, id)
);
create index assignment_incident on cad.assignment (org, incident);
create index assignment_unit on cad.assignment (org, unit);
select kernel.guard('cad', 'assignment');
