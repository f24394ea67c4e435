-- A receipt is never changed; its body may be sealed anew, by whoever says how it was sealed. Its digest stays, so that another
-- body in its place would not be the one that was received.
create function webhooks.reseal_receipt(of_id text, was bytea, anew bytea) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ update webhooks.receipt r set body = anew where r.org = kernel.org() and r.id = of_id and r.body = was $$;
revoke all on function webhooks.reseal_receipt(text, bytea, bytea) from public;
grant execute on function webhooks.reseal_receipt(text, bytea, bytea) to qd_app;
