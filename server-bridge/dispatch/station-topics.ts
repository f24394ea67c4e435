/** Topics about the station itself: reach, the outbox, the roster, who edits what. */
import type { OlderBuild, ReachRow, RequestRow } from '../../domain/bridge/topics.ts';
import { HANDOFF_SCHEMAS } from '../../domain/cad/handoff.ts';
import { NEIGHBOUR_KINDS } from '../../domain/cad/roster.ts';
import type { Newer } from '../../domain/kernel/module.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import { FACT_TYPES, MODULES, NEWER } from '../../domain/modules.ts';
import type { Presence } from '../../domain/wire/sync.ts';
import { siteZone } from '../site-zone.ts';
import type { OutboxRequest, Store } from '../store/store.ts';
import { createFeed, type Source } from './feed.ts';
import type { DispatchOptions } from './surroundings.ts';

/** Counters of the header may lag behind the work by this much; the work itself never waits for them. */
const COUNT_AFTER_MS = 150;
/** Somebody else's editing is forgotten where nothing was heard of it for this long. */
const PRESENCE_MS = 45_000;

/** Kinds of the roster and of the sites beside: records that stations hold, without what the center derives from runs. */
const ROSTER_KINDS: readonly string[] = MODULES.flatMap((module) => module.entities)
  .filter((entity) => entity.source === 'record' && entity.stationHeld && !Object.hasOwn(HANDOFF_SCHEMAS, entity.kind))
  .map((entity) => entity.kind)
  .concat(NEIGHBOUR_KINDS);

function olderBuilds(store: Store, newer: ReadonlyMap<string, Newer>): readonly OlderBuild[] {
  const found = new Map<string, { heldBack: string[]; partlyShown: string[] }>();
  for (const [name, what] of newer)
    for (const station of store.notReadBy(name) ?? []) {
      const one = found.get(station) ?? { heldBack: [], partlyShown: [] };
      found.set(station, one);
      (what === 'held back' ? one.heldBack : one.partlyShown).push(FACT_TYPES.get(name)?.title ?? name);
    }
  const peers = store.roster()?.peers ?? [];
  return peers.flatMap(({ station, name }) => {
    const one = found.get(station);
    return one ? [{ station, name, ...one }] : [];
  });
}

function storeState({ isAstray, refuses, setAside }: DispatchOptions): ReachRow['store']['state'] {
  if (isAstray?.()) return 'astray';
  return refuses?.() ?? (setAside ? 'refilled' : 'open');
}

function reachRow(options: DispatchOptions): ReachRow {
  const { store, reach, keySlots } = options;
  const { identity } = store;
  const requests = store.requests(['waiting', 'refused']);
  const clock = store.clock();
  const site = store.record('site', identity.site)?.body;
  return {
    ...(reach?.now() ?? { center: 'never', since: 0, refusal: null, peers: [], behind: 0 }),
    factsWaiting: store.unsentTotal(),
    requestsWaiting: requests.filter((request) => request.state === 'waiting').length,
    // What the station asks by itself, it asks again by itself.
    requestsRefused: requests.filter((request) => request.state === 'refused' && request.by !== null).length,
    clockOffset: clock.offset,
    clockUncertainty: clock.uncertainty,
    station: identity.station,
    stationName: identity.name,
    site: typeof site?.name === 'string' ? site.name : identity.site,
    timeZone: siteZone(store),
    keySlots: [...(keySlots ?? [])],
    older: olderBuilds(store, options.newer ?? NEWER),
    store: { state: storeState(options), setAside: options.setAside ?? null },
  };
}

export function reachSource(options: DispatchOptions): Source {
  const { store, timers, reach } = options;
  const feed = createFeed(['reach']);
  let stopTimer: (() => void) | null = null;
  const count = (): void => {
    stopTimer?.();
    stopTimer = null;
    feed.put('reach', 'reach', reachRow(options));
    feed.flush();
  };
  const soon = (): void => {
    stopTimer ??= timers.after(COUNT_AFTER_MS, count);
  };
  // That the center came or went is said at once; how far behind it is changes with every slice that comes in.
  let since: number | null = null;
  const heard = (): void => {
    const now = reach?.now().since ?? 0;
    if (now === since) soon();
    else count();
    since = now;
  };
  heard();
  const stops = [store.onChange(soon), reach?.onChange(heard)];
  return {
    feed,
    close: () => {
      stopTimer?.();
      for (const stop of stops) stop?.();
    },
  };
}

const SAID: { readonly [kind: string]: string } = {
  'numbers.lease': 'Lease incident numbers',
  'record.put': 'Change the roster',
  'record.put_many': 'Change the roster',
  'handoff.derive': 'Derive the hand-off again',
};

function requestRow(request: OutboxRequest): RequestRow {
  return {
    id: request.id,
    kind: request.kind,
    said: SAID[request.kind] ?? request.kind,
    state: request.state === 'withdrawn' ? 'refused' : request.state,
    madeAt: request.madeAt,
    attempts: request.attempts,
    lastError: request.lastError,
    decision: request.answer?.decision ?? null,
  };
}

/** Requests that somebody made and that are not accepted, and those accepted lately, so that their end can be seen. */
export function requestsSource({ store }: DispatchOptions): Source {
  const feed = createFeed(['requests']);
  const look = (): void => {
    const shown = store.requests(['waiting', 'refused', 'accepted']).filter(({ by }) => by !== null);
    const kept = new Set(shown.map((request) => request.id));
    for (const key of feed.keys('requests')) if (!kept.has(key)) feed.drop('requests', key);
    for (const request of shown) feed.put('requests', request.id, requestRow(request));
    feed.flush();
  };
  look();
  const stop = store.onChange((change) => {
    if (change.requests) look();
  });
  return { feed, close: stop };
}

export function rosterSource({ store }: { readonly store: Store }): Source {
  const feed = createFeed(ROSTER_KINDS);
  const put = (record: RecordVersion): void => {
    if (record.body === null) feed.drop(record.kind, record.id);
    else feed.put(record.kind, record.id, { id: record.id, version: record.version, body: record.body });
  };
  for (const kind of ROSTER_KINDS) for (const record of store.records(kind)) put(record);
  feed.flush();
  const stop = store.onChange((change) => {
    for (const record of change.records) if (ROSTER_KINDS.includes(record.kind)) put(record);
    feed.flush();
  });
  return { feed, close: stop };
}

export interface PresenceSource extends Source {
  /** What one of this station's own seats edits. */
  readonly here: (presence: Presence) => void;
}

export function presenceSource({ reach, timers }: DispatchOptions): PresenceSource {
  const feed = createFeed(['editing']);
  const forget = new Map<string, () => void>();
  const put = (presence: Presence, expires: boolean): void => {
    const key = `${presence.station}:${presence.position}`;
    forget.get(key)?.();
    forget.delete(key);
    if (presence.incident === null) feed.drop('editing', key);
    else {
      feed.put('editing', key, presence);
      if (expires) {
        const gone = (): void => {
          forget.delete(key);
          feed.drop('editing', key);
          feed.flush();
        };
        forget.set(key, timers.after(PRESENCE_MS, gone));
      }
    }
    feed.flush();
  };
  const stop = reach?.onPresence((presence) => put(presence, true));
  return {
    feed,
    here: (presence) => {
      put(presence, false);
      reach?.sendPresence(presence);
    },
    close: () => {
      stop?.();
      for (const cancel of forget.values()) cancel();
    },
  };
}
