/** The first schema. Never edited: what has to change comes as the next number. */
export const first = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row a log. seq, hash: its head. gap: furthest position declared lost. center: through where the center is known to
-- hold it in this epoch. ack: the center's newest signed word about it. hlc, clock: newest reading when it was written.
CREATE TABLE log(
  num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, station TEXT, site TEXT, own INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0, hash TEXT, gap INTEGER NOT NULL DEFAULT 0,
  center INTEGER NOT NULL DEFAULT 0, ack TEXT, hlc TEXT NOT NULL DEFAULT '', clock INTEGER NOT NULL DEFAULT 0);

-- pos = log.num * 2^32 + seq, so a log's facts lie together. h: the header's exact text. s, b: signature and body, as
-- bytes where that gives the same text back. k: key.num.
CREATE TABLE fact(pos INTEGER PRIMARY KEY, h TEXT NOT NULL, s NOT NULL, k INTEGER, b);
CREATE TABLE fact_id(id PRIMARY KEY, pos INTEGER NOT NULL) WITHOUT ROWID;
-- Facts whose body could not be opened for want of its key.
CREATE TABLE unopened(k INTEGER NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY(k, pos)) WITHOUT ROWID;
CREATE TABLE about(entity INTEGER NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY(entity, pos)) WITHOUT ROWID;

-- closed: when it was last touched, once it is closed; null while open. fold: version of the rules that folded state.
CREATE TABLE entity(
  num INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, closed INTEGER, fold INTEGER NOT NULL,
  state TEXT NOT NULL);
CREATE INDEX entity_closed ON entity(kind, closed);

-- envelope: as it came; null while only named by a frame.
CREATE TABLE key(num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, entity TEXT, envelope TEXT);
CREATE INDEX key_entity ON key(entity);

CREATE TABLE record(kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT, PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE marker(log TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(log, seq)) WITHOUT ROWID;
CREATE TABLE request(
  num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
  last_error TEXT NOT NULL, entity TEXT, request TEXT NOT NULL, answer TEXT);
CREATE INDEX request_state ON request(state, num);
CREATE TABLE lease(log TEXT NOT NULL, year INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY(log, year, first)) WITHOUT ROWID;
-- Numbers that a log gave out under its own suffix.
CREATE TABLE counter(log TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(log, year)) WITHOUT ROWID;
CREATE TABLE grant_held(id TEXT PRIMARY KEY, body TEXT NOT NULL, verifier TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE value(space TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(space, owner, key)) WITHOUT ROWID;
`;
