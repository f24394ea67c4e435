-- Sites that said something about an entity which they do not hold: what they said themselves is all that they have of it.

alter table kernel.entity_site add column holds boolean not null default true;
