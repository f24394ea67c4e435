-- Whatever is missing in a log of reads is noted, also between reads that came together: a workstation that was salvaged may
-- have lost some of what it had to send.
create or replace function audit.take_station_reads(of_log text, of_station text, reads jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    taken bigint;
    last bigint;
  begin
    insert into audit.read_log (org, log, station, seq) values (kernel.org(), of_log, of_station, 0) on conflict do nothing;
    select r.seq into taken from audit.read_log r
      where r.org = kernel.org() and r.log = of_log and r.station = of_station for update;
    if taken is null then
      raise exception 'this log of reads is another station''s' using errcode = 'QD003';
    end if;
    select max((r ->> 'seq')::bigint) into last
      from jsonb_array_elements(reads) r where (r ->> 'seq')::bigint > taken;
    if last is null then
      return taken;
    end if;
    perform audit.note(kernel.org(), 'act', 'audit.read_log', of_log, null,
                       jsonb_build_object('act', 'reads missing', 'station', of_station, 'from', g.prior + 1, 'to', g.seq - 1))
      from (select n.seq, coalesce(lag(n.seq) over (order by n.seq), taken) as prior
            from (select (r ->> 'seq')::bigint as seq from jsonb_array_elements(reads) r) n where n.seq > taken) g
      where g.seq > g.prior + 1;
    insert into audit.entry (org, at, actor, device, session, request, reason, op, tbl, row_id, after)
      select kernel.org(), (extract(epoch from clock_timestamp()) * 1000)::bigint, r ->> 'by', of_station, r ->> 'session',
             nullif(current_setting('qd.request', true), ''), r ->> 'reason', 'read', r ->> 'tbl', r ->> 'row',
             jsonb_strip_nulls(jsonb_build_object('at', r -> 'at', 'until', r -> 'until', 'times', r -> 'times', 'position', r -> 'position',
                                                  'fields', r -> 'fields', 'log', of_log, 'seq', r -> 'seq'))
      from jsonb_array_elements(reads) r where (r ->> 'seq')::bigint > taken order by (r ->> 'seq')::bigint;
    update audit.read_log set seq = last where org = kernel.org() and log = of_log;
    return last;
  end $$;
