/**
 * What a station needs once it no longer holds every fact: the state that the missing ones were folded into, through
 * where of each log they may be missing, and which were never there because a disk lost them.
 */
export const bases = `
-- Facts of a log through here may be missing because they are folded into bases.
ALTER TABLE log ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
-- base: the fold of facts that are not held, or held and marked based. wants: its facts have to be fetched to fold it right.
ALTER TABLE entity ADD COLUMN base TEXT;
ALTER TABLE entity ADD COLUMN wants INTEGER NOT NULL DEFAULT 0;
ALTER TABLE about ADD COLUMN based INTEGER NOT NULL DEFAULT 0;
CREATE INDEX entity_wants ON entity(wants) WHERE wants = 1;
-- Positions that a log's own station declared lost.
CREATE TABLE gap(log INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(log, first, last)) WITHOUT ROWID;
-- Facts held in such a gap, that the center may have passed over: to be offered until they come on its stream.
CREATE TABLE stray(pos INTEGER PRIMARY KEY);
CREATE TABLE erased(ref TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX log_own ON log(own, id);
CREATE INDEX log_unsent ON log(num) WHERE seq > center;
`;
