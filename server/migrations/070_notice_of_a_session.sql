-- Which session began by the sign-in that a notice tells of: it is told to every other one. Noted by a trigger, in the
-- transaction that noted the attempt and told of it.

alter table identity.notice add column session text;

create function identity.notice_begins_session() returns trigger
  language plpgsql
  as $$
  begin
    update identity.notice n set session = new.id
      where n.org = new.org and n.person = new.person and n.kind like 'signed in %' and n.session is null
        and n.xmin = pg_current_xact_id()::xid;
    return null;
  end $$;
revoke all on function identity.notice_begins_session() from public;
create trigger notices after insert on identity.session
  for each row execute function identity.notice_begins_session();
