-- For how long what incidents say of people is kept, where an organisation has said so. Not less than domain/cad declares.
create table cad.incident_retention (
  org text primary key,
  -- Null: for ever.
  years integer check (years between 7 and 100)
);
select kernel.guard('cad', 'incident_retention');
revoke delete on cad.incident_retention from qd_app;
