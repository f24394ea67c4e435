-- How a session is held; workstations that wait for an administrator; and whoever lost a right is told of at once.

-- How its tokens must be shown: in the Authorization header, there with a proof of the workstation's key (RFC 9449), or in
-- the cookies of the center's own page.
alter table identity.session
  add column proof text not null default 'bearer' check (proof in ('bearer', 'dpop', 'cookie'));

-- A workstation that showed a good code and waits until somebody at the center has compared it and approved. Its id is the
-- station's, which there is from the approval on.
create table identity.enrolment (
  org text not null,
  id text not null,
  site text not null,
  -- The code it showed.
  code text not null,
  name text not null check (length(name) between 1 and 120),
  -- Public device key. Whoever asks again proves that they hold its other half.
  key text not null,
  -- Made from the key; shown at both ends.
  compare text not null,
  lan_address text not null default '',
  -- The address its first call came from, for whoever decides.
  asked_from text not null default '',
  asked_at bigint not null,
  expires_at bigint not null,
  decision text check (decision in ('approved', 'refused')),
  decided_by text,
  decided_at bigint,
  primary key (org, id),
  unique (org, code),
  foreign key (org, site) references kernel.site,
  foreign key (org, code) references identity.enrolment_code,
  check ((decision is null) = (decided_at is null))
);
create index enrolment_waiting on identity.enrolment (org, asked_at) where decision is null;
select kernel.guard('identity', 'enrolment');
revoke delete on identity.enrolment from qd_app;

-- Every node of the center hears of a workstation revoked or a session ended with the commit that did it.
create function identity.tell_withdrawn() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if tg_table_name = 'device' then
      perform pg_notify('qd_withdrawn', json_build_object('org', new.org, 'station', new.station)::text);
    else
      perform pg_notify('qd_withdrawn', json_build_object('org', new.org, 'session', new.id, 'station', new.station)::text);
    end if;
    return null;
  end $$;
create trigger tell_withdrawn after update of revoked_at on kernel.device for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function identity.tell_withdrawn();
create trigger tell_withdrawn after update of ended_at on identity.session for each row
  when (old.ended_at is null and new.ended_at is not null) execute function identity.tell_withdrawn();
