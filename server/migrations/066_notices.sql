-- What a person is told of their own account: that what opens it was changed, and that somebody came in, or tried to, otherwise
-- than they do. Made by triggers, so that no way of changing it leaves it out.

create table identity.notice (
  org text not null references kernel.organisation,
  id text not null,
  person text not null,
  at bigint not null,
  kind text not null check (length(kind) between 1 and 60),
  -- Who did it; null where nobody was signed in.
  by text,
  -- Of a sign-in: from where.
  address text,
  station text,
  seen_at bigint,
  primary key (org, id),
  foreign key (org, person) references identity.person
);
create index notice_newest on identity.notice (org, person, at desc);
select kernel.guard('identity', 'notice');
revoke delete on identity.notice from qd_app;

create function identity.tell(of_org text, of_person text, what text, from_address text default null, from_station text default null)
  returns void
  language sql
  as $$
    insert into identity.notice (org, id, person, at, kind, by, address, station)
    values (of_org, gen_random_uuid()::text, of_person, (extract(epoch from clock_timestamp()) * 1000)::bigint, what,
            nullif(current_setting('qd.actor', true), ''), from_address, from_station)
  $$;
revoke all on function identity.tell(text, text, text, text, text) from public;
grant execute on function identity.tell(text, text, text, text, text) to qd_app;

create function identity.tell_of_person() returns trigger
  language plpgsql
  as $$
  begin
    -- A password that is hashed anew with more work is still the same.
    if new.password is distinct from old.password and new.password_changed_at is distinct from old.password_changed_at then
      perform identity.tell(new.org, new.id, 'password changed');
    end if;
    if new.login is distinct from old.login then perform identity.tell(new.org, new.id, 'user name changed'); end if;
    if new.email is distinct from old.email then perform identity.tell(new.org, new.id, 'e-mail changed'); end if;
    return null;
  end $$;
create trigger tell after update of password, login, email on identity.person
  for each row execute function identity.tell_of_person();

create function identity.tell_of_reset() returns trigger
  language plpgsql
  as $$ begin perform identity.tell(new.org, new.person, 'password reset begun'); return null; end $$;
create trigger tell after insert on identity.password_reset for each row execute function identity.tell_of_reset();

create function identity.tell_of_totp() returns trigger
  language plpgsql
  as $$
  begin
    if tg_op = 'DELETE' then
      if old.confirmed_at is not null then perform identity.tell(old.org, old.person, 'authenticator app removed'); end if;
    elsif new.confirmed_at is not null and (tg_op = 'INSERT' or old.confirmed_at is null) then
      perform identity.tell(new.org, new.person, 'authenticator app set up');
    end if;
    return null;
  end $$;
create trigger tell after insert or update of confirmed_at or delete on identity.totp
  for each row execute function identity.tell_of_totp();

create function identity.tell_of_passkey() returns trigger
  language plpgsql
  as $$
  begin
    if tg_op = 'DELETE' then perform identity.tell(old.org, old.person, 'passkey removed');
    else perform identity.tell(new.org, new.person, 'passkey added'); end if;
    return null;
  end $$;
create trigger tell after insert or delete on identity.passkey for each row execute function identity.tell_of_passkey();

-- Ten are made in one statement, and go in one.
create function identity.tell_of_codes_made() returns trigger
  language plpgsql
  as $$
  begin
    perform identity.tell(c.org, c.person, 'recovery codes made') from (select distinct org, person from made) c;
    return null;
  end $$;
create trigger tell_made after insert on identity.recovery_code
  referencing new table as made for each statement execute function identity.tell_of_codes_made();
create function identity.tell_of_code_used() returns trigger
  language plpgsql
  as $$ begin perform identity.tell(new.org, new.person, 'recovery code used'); return null; end $$;
create trigger tell_used after update of used_at on identity.recovery_code
  for each row when (old.used_at is null and new.used_at is not null) execute function identity.tell_of_code_used();

create function identity.tell_of_provider() returns trigger
  language plpgsql
  as $$
  begin
    if tg_op = 'DELETE' then perform identity.tell(old.org, old.person, 'provider unlinked');
    else perform identity.tell(new.org, new.person, 'provider linked'); end if;
    return null;
  end $$;
create trigger tell after insert or delete on identity.federated for each row execute function identity.tell_of_provider();

-- A sign-in is judged by those of the last 60 days, which is as long as they are kept.
create function identity.tell_of_attempt() returns trigger
  language plpgsql
  as $$
  declare
    last_good bigint;
    failed bigint;
  begin
    select max(a.at) into last_good from security.attempt a
      where a.org = new.org and a.person = new.person and a.good and a.id <> new.id;
    select count(*) into failed from security.attempt a
      where a.org = new.org and a.at > new.at - 900000 and a.person = new.person and not a.good and a.at > coalesce(last_good, 0);
    -- Looked up for a name that nobody has too: how long a refusal takes says nothing of whom there is.
    if new.person is null then return null; end if;
    if not new.good then
      -- Said once; the next is after they came in again.
      if failed = 5 then perform identity.tell(new.org, new.person, 'wrong passwords', new.address, new.station); end if;
      return null;
    end if;
    if last_good is null then
      -- The first of all is their own; any other follows on a time in which they did not come.
      perform from identity.session s
        where s.org = new.org and s.person = new.person and s.started_at < new.at - 60::bigint * 86400000;
      if found then perform identity.tell(new.org, new.person, 'signed in after a long time', new.address, new.station); end if;
      return null;
    end if;
    if failed >= 3 then
      perform identity.tell(new.org, new.person, 'signed in after wrong passwords', new.address, new.station);
      return null;
    end if;
    perform from security.attempt a
      where a.org = new.org and a.person = new.person and a.good and a.id <> new.id
        and case when new.station is null then a.station is null and a.address = new.address else a.station = new.station end
      limit 1;
    if not found then perform identity.tell(new.org, new.person, 'signed in from a new place', new.address, new.station); end if;
    return null;
  end $$;
create trigger tell after insert on security.attempt
  for each row execute function identity.tell_of_attempt();

revoke all on function identity.tell_of_person(), identity.tell_of_reset(), identity.tell_of_totp(), identity.tell_of_passkey(),
  identity.tell_of_codes_made(), identity.tell_of_code_used(), identity.tell_of_provider(), identity.tell_of_attempt() from public;
