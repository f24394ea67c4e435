-- The end of an organisation: its keys are destroyed, and with them everything that was sealed for it, wherever it lies.

create table kernel.destruction (
  org text not null references kernel.organisation,
  at bigint not null,
  by_whom text not null,
  reason text not null,
  -- The certificate: its exact text and the signature of the organisation's key, made before that was destroyed.
  certificate text not null,
  signed_by text not null,
  signature text not null,
  primary key (org)
);
select kernel.guard('kernel', 'destruction');
revoke update, delete on kernel.destruction from qd_app;

-- Those that have keys: everything that works for an organisation asks this.
create or replace function kernel.organisations() returns setof text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select org from kernel.organisation where destroyed_at is null order by org $$;

create function kernel.every_organisation() returns setof text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select org from kernel.organisation order by org $$;
revoke all on function kernel.every_organisation() from public;
grant execute on function kernel.every_organisation() to qd_app;

-- Destroys the keys of the organisation the transaction works for, and notes the certificate. The conditions are here, at the
-- lowest place: it is terminated, its retention is over, no hold stands. Public keys stay, by which the audit is verified.
create function kernel.destroy_organisation(now_ms bigint, by_whom text, because text, certificate text, signed_by text, signature text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    of_org text := kernel.org();
  begin
    perform from kernel.organisation o
      where o.org = of_org and o.state = 'TERMINATED' and o.destroyed_at is null and o.destroy_after <= now_ms for update;
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
revoke all on function kernel.destroy_organisation(bigint, text, text, text, text, text) from public;
grant execute on function kernel.destroy_organisation(bigint, text, text, text, text, text) to qd_app;
