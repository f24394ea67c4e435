-- When a person last lost something of their right: made inactive, a role taken away, a password set anew. What a station shows of a
-- sign-in that the database has forgotten lasts to that moment, and not to the one at which their name was changed.
alter table identity.person add column withdrawn_at bigint;
update identity.person set withdrawn_at = changed_at;
