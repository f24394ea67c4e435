-- Marks below zero are of states that may lack something that the build which folded them could not read, and name what it read:
-- another build looks for those of others when it starts.
create index entity_unread on kernel.entity (org, fold_version) where fold_version < 0;
