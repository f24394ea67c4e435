-- Charts as a list asks for them, and whose they are as a wall of the database.

-- In columns of their own, because behind row-level security only what cannot leak a row may look in an index, and taking a
-- field out of a body counts as what could.
alter table epcr.chart
  add column author text generated always as (body ->> 'author') stored,
  add column run text generated always as (body ->> 'run') stored;
create index chart_author on epcr.chart (org, author);
create index chart_run on epcr.chart (org, run);
-- When the patient was on the way; 0 where nobody recorded it.
alter table cad.run
  add column left_scene bigint generated always as (coalesce((body #>> '{times,leftScene}')::bigint, 0)) stored;
create index run_left_scene on cad.run (org, left_scene);

-- A transaction that is bounded to what is somebody's own (`qd.own`, a person) neither reads nor writes another's chart,
-- whatever it asks. What is nobody's yet is in it, to be claimed. One that is not bounded is the center's own, or of people
-- who may read every chart within their reach.
create policy own on epcr.chart as restrictive
  using (author is null or author = coalesce(nullif(current_setting('qd.own', true), ''), author));

-- Beside kernel.enter, so that the transactions that are not bounded pay nothing for it.
create function kernel.enter_own(
  of_org text, actor text, session text, request text, decision text, device text, reason text, own text
) returns void
  language sql
  as $$
    select kernel.enter(of_org, actor, session, request, decision, device, reason), set_config('qd.own', own, true)
  $$;
revoke all on function kernel.enter_own(text, text, text, text, text, text, text, text) from public;
grant execute on function kernel.enter_own(text, text, text, text, text, text, text, text) to qd_app;
