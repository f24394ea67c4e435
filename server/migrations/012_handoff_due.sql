-- What hand-off is due is found once for a statement, not once for a row: a batch of facts that ends no run pays next to
-- nothing for it.

drop trigger handoff_on_begin on cad.assignment;
drop trigger handoff_on_change on cad.assignment;
drop trigger handoff on cad.incident;
drop function cad.run_touched();
drop function cad.incident_touched();

-- An incident some run of which has ended.
create index assignment_ended on cad.assignment (org, incident)
  where status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty');

-- A run has ended, or was touched after it had: also where a later fact says that it has not.
create function cad.runs_made() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(r.org, r.incident) from (
      select distinct org, incident from made
      where status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty')) r;
    return null;
  end $$;
create trigger handoff_on_insert after insert on cad.assignment
  referencing new table as made for each statement execute function cad.runs_made();

create function cad.runs_changed() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(r.org, r.incident) from (
      select org, incident from made where status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty')
      union
      select org, incident from was where status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty')) r;
    return null;
  end $$;
create trigger handoff_on_update after update on cad.assignment
  referencing old table as was new table as made for each statement execute function cad.runs_changed();

create function cad.incidents_touched() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(i.org, i.id) from made i
    where i.life = 'closed' or exists (
      select from cad.assignment a
      where a.org = i.org and a.incident = i.id
        and a.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty'));
    return null;
  end $$;
create trigger handoff_on_insert after insert on cad.incident
  referencing new table as made for each statement execute function cad.incidents_touched();
create trigger handoff_on_update after update on cad.incident
  referencing new table as made for each statement execute function cad.incidents_touched();
