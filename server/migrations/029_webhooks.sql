-- Webhooks: where other services call, what their genuine calls are known by, and what they told.

create schema webhooks;
grant usage on schema webhooks to qd_app;

create table webhooks.endpoint (
  org text not null references kernel.organisation,
  -- 128 random bits; the path that the provider calls ends with it. It names the organisation and proves nothing.
  id text not null,
  provider text not null check (provider in ('telnyx', 'lob', 'stripe', 'postmark')),
  name text not null check (length(name) between 1 and 80),
  -- The keys, sealed under the organisation's.
  keys bytea not null,
  -- Those of before, taken until they end.
  old_keys bytea,
  old_keys_until bigint,
  created_at bigint not null,
  retired_at bigint,
  primary key (org, id),
  unique (id)
);
select kernel.guard('webhooks', 'endpoint', 'rows', '{keys,old_keys}', true);
revoke delete on webhooks.endpoint from qd_app;

-- What was received, once each. The body is sealed under the organisation's key.
create table webhooks.receipt (
  org text not null,
  id text not null,
  endpoint text not null,
  event text not null,
  kind text not null,
  digest text not null,
  body bytea not null,
  bytes integer not null,
  received_at bigint not null,
  primary key (org, id),
  unique (org, endpoint, event),
  foreign key (org, endpoint) references webhooks.endpoint
);
create index receipt_order on webhooks.receipt (org, received_at desc, id desc);
select kernel.guard('webhooks', 'receipt', 'rows', '{body}');
revoke update, delete on webhooks.receipt from qd_app;

-- Where to look, before an organisation is known.
create function webhooks.org_of_endpoint(of_id text) returns table (org text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select e.org from webhooks.endpoint e where e.id = of_id $$;
revoke all on function webhooks.org_of_endpoint(text) from public;
grant execute on function webhooks.org_of_endpoint(text) to qd_app;
