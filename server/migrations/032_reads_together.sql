-- Reads are noted in one insert: those of one caller, and those of several who read in one transaction, each under whoever
-- read, so that one commit makes all of them durable.

create or replace function audit.note_reads(of_table text, ids text[], after jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
    insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, after)
    select kernel.org(), (extract(epoch from clock_timestamp()) * 1000)::bigint,
           nullif(current_setting('qd.actor', true), ''), nullif(current_setting('qd.device', true), ''),
           nullif(current_setting('qd.session', true), ''), nullif(current_setting('qd.request', true), ''),
           nullif(current_setting('qd.reason', true), ''), nullif(current_setting('qd.decision', true), '')::jsonb,
           'read', of_table, id, after
    from unnest(ids) id
  $$;

-- The n-th of each list is one read: what was read, and who, from where, in which session, under which request and why.
-- Returns how many were noted.
create function audit.note_reads_by(
  of_table text, ids text[], after jsonb,
  actors text[], devices text[], sessions text[], requests text[], reasons text[]
) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    entries integer;
  begin
    insert into audit.entry (org, at, actor, device, session, request, reason, op, tbl, row_id, after)
      select kernel.org(), (extract(epoch from clock_timestamp()) * 1000)::bigint, actor, device, session, request, reason,
             'read', of_table, id, note_reads_by.after
      from unnest(ids, actors, devices, sessions, requests, reasons) as r (id, actor, device, session, request, reason);
    get diagnostics entries = row_count;
    return entries;
  end $$;
revoke all on function audit.note_reads_by(text, text[], jsonb, text[], text[], text[], text[], text[]) from public;
grant execute on function audit.note_reads_by(text, text[], jsonb, text[], text[], text[], text[], text[]) to qd_app;
