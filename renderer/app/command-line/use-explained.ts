import { useMemo } from 'react';
import { vocabularyOfRows, type WatchedRows } from '#domain/cad/command/vocabulary.ts';
import { useFoundTopic } from '../../features/found/found.ts';
import { now } from '../clock/clock.ts';
import { useFound, useIncidents, useTopic, useUnits } from '../connection/use-station.ts';
import { type Explained, explain, NOTHING } from './explain.ts';

/** The reading of the line by what this window watches: the same words that the station reads it by. */
export function useExplained(line: string, selected: string | null): Explained {
  const incidents = useIncidents();
  const units = useUnits();
  const roster = useTopic('roster').state;
  const found = useFound(useFoundTopic());
  const empty = line.trim() === '';
  const vocabulary = useMemo(
    () =>
      empty
        ? null
        : vocabularyOfRows(
            {
              incidents: Object.values(incidents),
              found: Object.values(found),
              units: Object.values(units),
              roster: roster as unknown as WatchedRows['roster'],
            },
            now(),
          ),
    [empty, incidents, found, units, roster],
  );
  return vocabulary ? explain(line, vocabulary, selected) : NOTHING;
}
