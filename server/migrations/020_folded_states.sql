-- A folded state is sealed, so trying to compress it only costs, and it is written anew with every fact about its entity:
-- beside its row it would be put away and thrown away each time. It stays in the row as long as a page holds both.
alter table kernel.entity alter column folded set storage external;
alter table kernel.entity set (toast_tuple_target = 8160);
