-- The page of incidents lists the newest first, those without a time at the end: an index that says so is read from its start,
-- where the other way round every row of the organisation was sorted for each page.
create index incident_newest on cad.incident (org, answered_at desc nulls last, id desc);
