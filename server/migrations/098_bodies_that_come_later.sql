-- A workstation whose disk was damaged may bring the header of what another one wrote without its body, and first. The body that
-- the header names comes later, from whoever holds it, and fills it in, once. What has a body is never given another.
create function kernel.body_came(of_id text, of_hash text, under text, sealed text) returns table (site text, n bigint)
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  begin
    return query update kernel.fact f set k = under, b = sealed
      where f.org = kernel.org() and f.id = of_id and f.hash = of_hash and f.k is null and f.b is null
      returning f.site, f.n;
    if not found then
      raise exception 'fact % is not held by its header alone', of_id;
    end if;
    perform audit.note(kernel.org(), 'act', 'kernel.fact', of_id, null, jsonb_build_object('body', 'came later', 'hash', of_hash));
  end $$;
revoke all on function kernel.body_came(text, text, text, text) from public;
grant execute on function kernel.body_came(text, text, text, text) to qd_app;
