-- What an organisation had switched off itself when the operator stopped it stays off once the operator lifts that: why, and by whom.
alter table kernel.module_switch
  add column off_reason text check (length(off_reason) between 1 and 400),
  add column off_by text,
  add constraint beneath_a_kill check (position = 'killed' or off_reason is null and off_by is null);
