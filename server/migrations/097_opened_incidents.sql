-- What people read of patients at the center, and charts wherever they were read, for who looks for somebody reading too many. What
-- a board shows of incidents comes with the log of its workstation and is not in it: nobody counts that, and there is much.
create index entry_opened on audit.entry (org, at) where op = 'read' and actor is not null
  and (tbl in ('epcr.chart', 'documents.report') or (tbl = 'cad.incident' and after -> 'log' is null));
