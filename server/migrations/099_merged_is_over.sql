-- A call that was merged into another is over as a closed one is, also where no unit was ever sent to it: its report was only due
-- once it was closed besides, which nobody does with a duplicate.
create or replace function cad.incidents_touched() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    perform cad.handoff_is_due(i.org, i.id) from made i
    where i.life = 'closed' or i.merged_into is not null or exists (
      select from cad.assignment a
      where a.org = i.org and a.incident = i.id
        and a.status in ('available', 'canceled', 'posting', 'outOfService', 'offDuty'));
    return null;
  end $$;
