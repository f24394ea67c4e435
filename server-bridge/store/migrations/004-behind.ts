/**
 * Facts are written in the commit that makes them; heads, indexes and folded states follow some hundred facts later. `behind`
 * marks the logs with facts that they do not know yet, so that a process that was killed catches up with them.
 */
export const behind = `
ALTER TABLE log ADD COLUMN behind INTEGER NOT NULL DEFAULT 0;
CREATE INDEX log_behind ON log(num) WHERE behind = 1;
`;
