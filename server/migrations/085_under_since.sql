-- Since when the master key of now has wrapped an organisation's: how old that key is is its own time, and no longer that of the
-- key it wraps. Null until it is wrapped under another one: then it has been since the organisation's first key was made.
alter table keys.organisation add column under_since bigint;
