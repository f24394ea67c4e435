-- A call that was over and is not any more: its report is of before, also where no unit was ever sent to it.
create function cad.incidents_changed() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(r.org, r.id) from (
      select i.org, i.id from made i
      where i.life = 'closed' or i.merged_into is not null or exists (
        select from cad.assignment a
        where a.org = i.org and a.incident = i.id
          and a.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty'))
      union
      select w.org, w.id from was w where w.life = 'closed' or w.merged_into is not null) r;
    return null;
  end $$;
drop trigger handoff_on_update on cad.incident;
create trigger handoff_on_update after update on cad.incident
  referencing old table as was new table as made for each statement execute function cad.incidents_changed();
