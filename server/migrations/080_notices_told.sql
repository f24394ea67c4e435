-- Every node of the center hears with the commit that somebody was told something of their account, or says that they know it:
-- which workstations they are signed in at, and nothing of whom or what. Those ask by each person's own right.

create function identity.notice_to_workstations() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform pg_notify('qd_told', json_build_object('org', new.org, 'station', at.station)::text)
      from (select distinct s.station from identity.session s
        where s.org = new.org and s.person = new.person and s.ended_at is null and s.station is not null) at;
    return null;
  end $$;
revoke all on function identity.notice_to_workstations() from public;
create trigger told after insert or update of seen_at on identity.notice
  for each row execute function identity.notice_to_workstations();
