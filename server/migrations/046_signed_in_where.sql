-- Where a sign-in was made: what is written under it counts from that workstation alone. The name of a session stands in the
-- header of every fact made under it, so every workstation of the site knows it.

-- Null for one of which that is not known any more.
alter table kernel.standing add column station text;
update kernel.standing s set station = i.station from identity.session i where i.org = s.org and i.id = s.session;
update kernel.standing s set station = g.station from identity.offline_grant g where g.org = s.org and g.id = s.session;

create or replace function kernel.authors(stations text[], sessions text[]) returns text[]
  language plpgsql stable set plan_cache_mode = force_generic_plan
  as $$
  begin
    return array(
        select coalesce((select jsonb_build_array(d.site, d.key, d.revoked_at)::text
                         from kernel.device d where d.org = kernel.org() and d.station = r.name), '')
        from unnest(stations) with ordinality r (name, i) order by i)
      || array(
        select coalesce((select jsonb_build_array(s.user_id, s.roles, s.valid_from, s.valid_until, s.station)::text
                         from kernel.standing s where s.org = kernel.org() and s.session = r.name), '')
        from unnest(sessions) with ordinality r (name, i) order by i);
  end $$;

-- What is called by a trigger alone is nobody's to call: with a table of one's own and such a trigger on it, one could write
-- into the audit whatever one likes, of any organisation.
do $$
declare
  of_trigger record;
begin
  for of_trigger in
    select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prorettype = 'trigger'::regtype and p.proowner = (select oid from pg_roles where rolname = current_user)
      and n.nspname in ('kernel', 'audit', 'identity', 'cad')
  loop
    execute format('revoke all on function %s from public', of_trigger.name);
  end loop;
end $$;
