-- What an organisation takes away from its roles: a record for each role that has something taken away, by the name of the
-- role. Stations hold it, and facts are judged by it.

select kernel.record_table('identity', 'role_restriction');

-- As before; of a session also what was taken away from its roles, and since when. Null where nothing was, which is the rule.
create or replace function kernel.authors(stations text[], sessions text[]) returns text[]
  language plpgsql stable set plan_cache_mode = force_generic_plan
  as $$
  begin
    return array(
        select coalesce((select jsonb_build_array(d.site, d.key, d.revoked_at)::text
                         from kernel.device d where d.org = kernel.org() and d.station = r.name), '')
        from unnest(stations) with ordinality r (name, i) order by i)
      || array(
        select coalesce((select jsonb_build_array(s.user_id, s.roles, s.valid_from, s.valid_until, s.station,
                           (select jsonb_agg(jsonb_build_array(w.id, p ->> 'permission', p -> 'since') order by w.id, p ->> 'permission')
                            from identity.role_restriction w, jsonb_array_elements(w.body -> 'withheld') p
                            where w.org = kernel.org() and not w.archived and w.id = any (s.roles)))::text
                         from kernel.standing s where s.org = kernel.org() and s.session = r.name), '')
        from unnest(sessions) with ordinality r (name, i) order by i);
  end $$;
