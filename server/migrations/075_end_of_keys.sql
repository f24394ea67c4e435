-- When an organisation's keys may be destroyed is decided here and nowhere above: by the database's own clock, from a day that
-- is never put nearer than the retention, and by the one function that asks for all of it.

-- Nothing that the application does deletes these rows; without the right, no fault in it can.
revoke delete on keys.organisation, keys.site, keys.signing, keys.entity, kernel.organisation, kernel.site from qd_app;

-- That keys are gone is said by the function that destroys them.
revoke update on kernel.organisation from qd_app;
grant update (name, state, state_since, state_reason, destroy_after) on kernel.organisation to qd_app;

-- The records of dispatch are kept for seven years from the end of a contract. A day less, for clocks that differ.
create function kernel.keep_retention() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  begin
    if new.state = 'TERMINATED'
       and (old.state <> 'TERMINATED' or new.destroy_after is distinct from old.destroy_after)
       and (new.destroy_after is null
            or new.destroy_after < (extract(epoch from clock_timestamp()) * 1000)::bigint + (7 * 365 - 1) * 86400000::bigint
            or (old.state = 'TERMINATED' and new.destroy_after < old.destroy_after)) then
      raise exception 'the records of an organisation are kept for their retention' using errcode = 'QD005';
    end if;
    return new;
  end $$;
create trigger retention_stays before update on kernel.organisation
  for each row execute function kernel.keep_retention();
alter table kernel.organisation enable always trigger retention_stays;

create or replace function kernel.destroy_organisation(now_ms bigint, by_whom text, because text, certificate text, signed_by text, signature text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    of_org text := kernel.org();
  begin
    -- Whoever calls may be behind the database's clock, and gains nothing by being ahead of it.
    perform from kernel.organisation o
      where o.org = of_org and o.state = 'TERMINATED' and o.destroyed_at is null
        and o.destroy_after <= least(now_ms, audit.now_ms()) for update;
    if not found then
      raise exception 'this organisation may not be destroyed' using errcode = 'QD003';
    end if;
    if exists (select from kernel.legal_hold h where h.org = of_org and h.released_at is null) then
      raise exception 'a legal hold forbids destroying the keys of this organisation' using errcode = 'QD001';
    end if;
    insert into kernel.destruction values (of_org, now_ms, by_whom, because, certificate, signed_by, signature);
    update identity.session set ended_at = now_ms, end_reason = 'withdrawn' where org = of_org and ended_at is null;
    update identity.person set active = false, version = version + 1, changed_at = now_ms where org = of_org and active;
    update kernel.device set revoked_at = now_ms where org = of_org and revoked_at is null;
    delete from keys.entity where org = of_org;
    delete from keys.site where org = of_org;
    delete from keys.inner where org = of_org;
    update keys.signing set wrapped = '' where org = of_org;
    delete from keys.organisation where org = of_org;
    update kernel.organisation set destroyed_at = now_ms where org = of_org;
  end $$;
