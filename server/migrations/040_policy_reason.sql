-- Why the policy was set as it is: said where it is shown, not in the audit alone.
alter table identity.policy add column reason text check (length(reason) between 1 and 400);
