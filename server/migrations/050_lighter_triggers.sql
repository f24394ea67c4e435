-- What every audited statement pays before its first row.

-- An insert that may also update fires the triggers of both, one of them with nothing in it: that is looked at first.
create or replace function audit.note_each() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
  begin
    -- An insert that may also update fires for both, with nothing in one of them more often than not.
    if tg_op = 'DELETE' then
      perform from old_rows limit 1;
    else
      perform from new_rows limit 1;
    end if;
    if not found then
      return null;
    end if;
  <<noting>>
  declare
    now_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
    who text := nullif(current_setting('qd.actor', true), '');
    from_device text := nullif(current_setting('qd.device', true), '');
    in_session text := nullif(current_setting('qd.session', true), '');
    in_request text := nullif(current_setting('qd.request', true), '');
    because text := nullif(current_setting('qd.reason', true), '');
    under jsonb := nullif(current_setting('qd.decision', true), '')::jsonb;
    of_table text := tg_table_schema || '.' || tg_table_name;
    names text[] := coalesce(tg_argv, '{}');
  begin
    if tg_op = 'INSERT' then
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, from_device, in_session, in_request, because, under, 'insert', of_table, n.id, null,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n;
    elsif tg_op = 'UPDATE' then
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select n.org, now_ms, who, from_device, in_session, in_request, because, under, 'update', of_table, n.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end,
               case when names = '{}' then to_jsonb(n) else audit.digested(to_jsonb(n), names) end
        from new_rows n join old_rows o using (org, id) where o.* is distinct from n.*;
    else
      insert into audit.entry (org, at, actor, device, session, request, reason, decision, op, tbl, row_id, before, after)
        select o.org, now_ms, who, from_device, in_session, in_request, because, under, 'delete', of_table, o.id,
               case when names = '{}' then to_jsonb(o) else audit.digested(to_jsonb(o), names) end, null
        from old_rows o;
    end if;
    return null;
  end noting;
  end $$;

-- Without a search path of its own, which was set anew for each row: whoever calls it has set it.
create or replace function audit.digested(of_row jsonb, names text[]) returns jsonb
  language plpgsql immutable parallel safe
  as $$
  declare
    name text;
  begin
    foreach name in array names loop
      if of_row ->> name is not null then
        of_row := jsonb_set(of_row, array[name], to_jsonb('sha256:' || encode(sha256(convert_to(of_row ->> name, 'UTF8')), 'hex')));
      end if;
    end loop;
    return of_row;
  end $$;

-- The condition of a trigger is read anew for each statement that changes a row. One that does not name the key cannot change it.
create or replace function kernel.guard(
  in_schema text,
  in_table text,
  audited text default 'rows',
  digest text[] default '{}',
  pre_org boolean default false
) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
  declare
    t text := format('%I.%I', in_schema, in_table);
    key text[] := (select array_agg(a.attname::text order by a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                   where i.indrelid = t::regclass and i.indisprimary);
    names text := (select coalesce(string_agg(quote_literal(d), ', '), '') from unnest(digest) d);
  begin
    if audited not in ('rows', 'summary', 'none') then
      raise exception 'kernel.guard: % is not a way to audit', audited;
    end if;
    perform from information_schema.columns
      where table_schema = in_schema and table_name = in_table and column_name = 'org' and is_nullable = 'NO';
    if not found then
      raise exception 'kernel.guard: % has no column org not null', t;
    end if;
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format(
      'create policy tenancy on %s using (org = nullif(current_setting(''qd.org'', true), '''')) '
      'with check (org = nullif(current_setting(''qd.org'', true), ''''))', t);
    if pre_org then
      execute format('create policy definer on %s to current_user using (true) with check (true)', t);
    end if;
    if audited = 'summary' then
      execute format('grant select, insert on %s to qd_app', t);
      execute format(
        'create trigger audit after insert on %s referencing new table as added for each statement execute function audit.note_rows()', t);
    else
      execute format('grant select, insert, update, delete on %s to qd_app', t);
    end if;
    if audited = 'rows' and key = '{id,org}' then
      -- Before and after are paired by the key, so it may not change.
      execute format('create trigger audit after insert on %s referencing new table as new_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger audit_delete after delete on %s referencing old table as old_rows for each statement execute function audit.note_each(%s)', t, names);
      execute format('create trigger key_stays before update of org, id on %s for each row when (old.org <> new.org or old.id <> new.id) execute function kernel.refuse_change()', t);
    elsif audited = 'rows' then
      execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.note_row(%s)', t, names);
    end if;
    execute format('create trigger hold before delete on %s for each row execute function kernel.refuse_held()', t);
    execute format('create trigger no_truncate before truncate on %s for each statement execute function kernel.refuse_change()', t);
  end $$;

do $$
declare
  t regclass;
begin
  for t in select tgrelid::regclass from pg_trigger where tgname = 'key_stays' loop
    execute format('drop trigger key_stays on %s', t);
    execute format('create trigger key_stays before update of org, id on %s for each row when (old.org <> new.org or old.id <> new.id) execute function kernel.refuse_change()', t);
  end loop;
end $$;
