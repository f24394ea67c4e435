/** Facts that a damaged disk gave back while what comes before them in their log was lost: taken once that has come. */
export const pending = `
CREATE TABLE pending(log TEXT NOT NULL, seq INTEGER NOT NULL, frame TEXT NOT NULL, PRIMARY KEY(log, seq)) WITHOUT ROWID;
`;
