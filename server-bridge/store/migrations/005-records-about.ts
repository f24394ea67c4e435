/**
 * What the center derives from a run is found by its incident. There is some of it for every run of years: it is read where an
 * incident is looked at, and nobody has all of it in memory to find it by.
 */
export const recordsAbout = `
ALTER TABLE record ADD COLUMN incident TEXT;
UPDATE record SET incident = json_extract(body, '$.incident') WHERE json_extract(body, '$.incident') IS NOT NULL;
CREATE INDEX record_incident ON record(incident) WHERE incident IS NOT NULL;
`;
