/** Hooks over the station: rows of topics, and calls. */
import { createContext, useContext, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Me } from '#domain/bridge/calls.ts';
import type {
  AssignmentRow,
  FoundRow,
  HandoffRow,
  IncidentRow,
  LookedRow,
  ReachRow,
  RequestRow,
  TimelineRow,
  UnitRow,
} from '#domain/bridge/topics.ts';
import type { HeardNotice } from '#domain/identity/api/notices.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { Presence } from '#domain/wire/sync.ts';
import type { Connection, Station, Topic } from './station.ts';

export const StationContext = createContext<Station | null>(null);

export function useStation(): Station {
  const station = useContext(StationContext);
  if (!station) throw new Error('This part of the screen stands outside the station.');
  return station;
}

export function useConnection(): Connection {
  return useStore(useStation().connection);
}

/** Watches a topic for as long as the caller is on the screen. */
export function useTopic(name: string): Topic {
  const station = useStation();
  const topic = useMemo(() => station.topic(name), [station, name]);
  useEffect(() => topic.hold(), [topic]);
  return useStore(topic.store);
}

type Rows<R> = { readonly [key: string]: R };
const NONE: Rows<never> = {};
const NO_TOPIC = createStore<Topic>(() => ({ ready: false, state: {}, refusal: null }));

/** What `pick` says of one table of a topic; drawn again where that is another. */
function useOfTable<R, T>(name: string | null, table: string, pick: (rows: Rows<R>) => T): T {
  const station = useStation();
  const topic = useMemo(() => (name === null ? null : station.topic(name)), [station, name]);
  useEffect(() => topic?.hold(), [topic]);
  return useStore(topic?.store ?? NO_TOPIC, (at) => pick((at.state[table] as unknown as Rows<R> | undefined) ?? NONE));
}

/** One table of a topic. Rows keep their identity until they change. */
function useTable<R>(name: string | null, table: string): Rows<R> {
  return useOfTable<R, Rows<R>>(name, table, (rows) => rows);
}

const only = <R>(rows: Rows<R>): R | null => Object.values(rows)[0] ?? null;

export const useMe = (): Me | null => only(useTable<Me>('me', 'me'));
/** All of it: another with every fact, as it counts what waits. */
export const useReach = (): ReachRow | null => only(useTable<ReachRow>('reach', 'reach'));
/** One thing of reach, which seldom changes. */
export const useOfReach = <F extends keyof ReachRow>(field: F): ReachRow[F] | null =>
  useOfTable<ReachRow, ReachRow[F] | null>('reach', 'reach', (rows) => only(rows)?.[field] ?? null);
export const useIncidents = (): Rows<IncidentRow> => useTable<IncidentRow>('board', 'incidents');
export const useUnits = (): Rows<UnitRow> => useTable<UnitRow>('board', 'units');
/** What `pick` says of the units; drawn again where that is another. */
export const useOfUnits = <T>(pick: (units: Rows<UnitRow>) => T): T => useOfTable<UnitRow, T>('board', 'units', pick);
export const useRequests = (): Rows<RequestRow> => useTable<RequestRow>('requests', 'requests');
const usePresence = (): Rows<Presence> => useTable<Presence>('presence', 'editing');
/** Who else is typing in an incident: not this position itself. */
export function useOthersIn(incident: string | null): readonly Presence[] {
  const presence = usePresence();
  const station = useOfReach('station');
  const me = useMe();
  return Object.values(presence).filter(
    (one) =>
      incident !== null &&
      one.incident === incident &&
      one.field !== null &&
      !(one.station === station && (one.name === me?.name || one.position === me?.positionName)),
  );
}
/** What was found by a topic of `findTopic`, and how far the looking has come; nothing where none is asked for. */
export const useFound = (topic: string | null): Rows<FoundRow> => useTable<FoundRow>(topic, 'found');
export const useLooked = (topic: string | null): LookedRow | null => only(useTable<LookedRow>(topic, 'looked'));
export const useNotices = (): Rows<HeardNotice> => useTable<HeardNotice>('notices', 'notices');
export const useDrafts = (): Rows<Json> => useTable<Json>('drafts', 'drafts');
export const useLayouts = (): Rows<Json> => useTable<Json>('layouts', 'layouts');

/** `incident:…`, whether rows carry the bare id or the whole reference. */
function incidentTopic(id: string): string {
  return id.startsWith('incident:') ? id : `incident:${id}`;
}
export const useAssignments = (id: string): Rows<AssignmentRow> =>
  useTable<AssignmentRow>(incidentTopic(id), 'assignments');
export const useTimeline = (id: string): Rows<TimelineRow> => useTable<TimelineRow>(incidentTopic(id), 'timeline');
/** Whether some of what was said about it lies at the center alone. */
export const useLacksEarlier = (id: string): boolean =>
  only(useTable<{ readonly id: string }>(incidentTopic(id), 'earlier')) !== null;
export const useHandoff = (id: string): Rows<HandoffRow> => useTable<HandoffRow>(incidentTopic(id), 'handoff');
/** By its own topic, which knows one that has left the board, else as the board has it. */
const rowFrom = (own: Rows<IncidentRow>, board: IncidentRow | undefined): IncidentRow | null =>
  only(own) ?? board ?? null;
/** The incident itself, also one that has left the board; null while it is not known. */
export function useIncident(id: string | null): IncidentRow | null {
  const own = useTable<IncidentRow>(id === null ? null : incidentTopic(id), 'incident');
  const board = useOfTable<IncidentRow, IncidentRow | undefined>('board', 'incidents', (rows) => rows[id ?? '']);
  return rowFrom(own, board);
}

/**
 * Tells what an incident is, now and with each change, in the moment that the change comes: before the answer to the command
 * that made it, and before anything is drawn. Returns how to stop.
 */
export function hearIncident(station: Station, id: string, heard: (row: IncidentRow | null) => void): () => void {
  const [own, board] = [station.topic(incidentTopic(id)), station.topic('board')];
  const look = (): void => {
    const { incident } = own.store.getState().state as { readonly incident?: Rows<IncidentRow> };
    const { incidents } = board.store.getState().state as { readonly incidents?: Rows<IncidentRow> };
    heard(rowFrom(incident ?? NONE, incidents?.[id]));
  };
  look();
  const stops = [own.hold(), board.hold(), own.store.subscribe(look), board.store.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}

export interface RosterRow<B> {
  readonly id: string;
  readonly version: number;
  readonly body: B;
}
export const useRoster = <B>(kind: string): Rows<RosterRow<B>> => useTable<RosterRow<B>>('roster', kind);
