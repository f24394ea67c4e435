-- A step of intake is worked out before it is the organisation's writer, while the step before it is still being written; it
-- becomes the writer when it is written itself.

-- Becomes the organisation's only writer until the transaction ends, in a transaction that has entered the organisation. Fails
-- where another intake was taken since `after`.
create function kernel.follow_intake(of_epoch text, after bigint) returns void
  language plpgsql
  as $$
  begin
    update kernel.intake i set seq = i.seq + 1 where i.org = kernel.org() and i.epoch = of_epoch and i.seq = after;
    if not found then
      raise exception 'another intake was taken in between' using errcode = 'QD004';
    end if;
  end $$;

-- What facts are judged by, as of now: for each workstation and each session, in their order, what there is of it; '' for one
-- that is not there.
create function kernel.authors(stations text[], sessions text[]) returns text[]
  -- In PL/pgSQL and by a plan that fits any names, so that it is planned once for a connection.
  language plpgsql stable set plan_cache_mode = force_generic_plan
  as $$
  begin
    return array(
        select coalesce((select jsonb_build_array(d.site, d.key, d.revoked_at)::text
                         from kernel.device d where d.org = kernel.org() and d.station = r.name), '')
        from unnest(stations) with ordinality r (name, i) order by i)
      || array(
        select coalesce((select jsonb_build_array(s.user_id, s.roles, s.valid_from, s.valid_until)::text
                         from kernel.standing s where s.org = kernel.org() and s.session = r.name), '')
        from unnest(sessions) with ordinality r (name, i) order by i);
  end $$;

-- For a step that judged before it was the only writer: fails where that would be judged otherwise now.
create function kernel.judged_by(stations text[], sessions text[], said text[]) returns void
  language plpgsql
  as $$
  begin
    if kernel.authors(stations, sessions) <> said then
      raise exception 'somebody''s right changed in between' using errcode = 'QD005';
    end if;
  end $$;

revoke all on function kernel.follow_intake(text, bigint), kernel.authors(text[], text[]),
  kernel.judged_by(text[], text[], text[]) from public;
grant execute on function kernel.follow_intake(text, bigint), kernel.authors(text[], text[]),
  kernel.judged_by(text[], text[], text[]) to qd_app;
