import type { IncidentRow } from '#domain/bridge/topics.ts';

/** What each question that is asked in an incident's panel is given. */
export interface AskProps {
  readonly row: IncidentRow;
  readonly onDone: () => void;
}
