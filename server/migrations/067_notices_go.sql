-- How long a person's notices are kept: 90 days after they said that they know of one, and 400 days where they never did. The
-- application takes the old ones away; a young one it cannot.

create function identity.refuse_young_notice() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  declare
    now_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
  begin
    if old.at > now_ms - 400::bigint * 86400000 and coalesce(old.seen_at, now_ms) > now_ms - 90::bigint * 86400000 then
      raise exception 'identity.notice: it is kept for 90 days after it was known of, and else for 400' using errcode = 'QD002';
    end if;
    return old;
  end $$;
revoke all on function identity.refuse_young_notice() from public;
create trigger young before delete on identity.notice for each row execute function identity.refuse_young_notice();
grant delete on identity.notice to qd_app;
