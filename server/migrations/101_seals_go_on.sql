-- Once all that was sealed is older than it has to be kept, a signed stub is all there is of the chain. What is sealed next goes on
-- from there: it began a chain of its own at position 1, which no verification reached.
create or replace function audit.seal_next() returns audit.seal
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  declare
    of_org text := kernel.org();
    last audit.seal;
    made audit.seal;
    after_xid xid8;
    after_id bigint;
  begin
    perform pg_advisory_xact_lock(hashtextextended('qd.seal|' || of_org, 0));
    select * into last from audit.seal s where s.org = of_org order by position desc limit 1;
    -- What a stub is over is gone: without a seal, every entry there is comes after it.
    after_xid := coalesce(last.to_xid, '0'::xid8);
    after_id := coalesce(last.to_id, 0);
    if last.position is null then
      select s.position, s.total, s.hash into last.position, last.total, last.hash
        from audit.stub s where s.org = of_org order by s.position desc limit 1;
    end if;
    select of_org, coalesce(last.position, 0) + 1, max(e.xid), null, count(*), coalesce(last.total, 0) + count(*),
           coalesce(last.hash, '\x'::bytea),
           sha256(coalesce(last.hash, '\x'::bytea) || string_agg(sha256(convert_to(to_jsonb(e)::text, 'UTF8')), ''::bytea order by e.xid, e.id)),
           (extract(epoch from clock_timestamp()) * 1000)::bigint
      into made.org, made.position, made.to_xid, made.to_id, made.entries, made.total, made.previous, made.hash, made.at
      from audit.entry e
      where e.org = of_org and e.xid < audit.along(pg_snapshot_xmin(pg_current_snapshot()))
        and (e.xid, e.id) > (after_xid, after_id);
    if made.entries = 0 then
      return null;
    end if;
    select max(e.id) into made.to_id from audit.entry e where e.org = of_org and e.xid = made.to_xid;
    insert into audit.seal select made.*;
    return made;
  end $$;
