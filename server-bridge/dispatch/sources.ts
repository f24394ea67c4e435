/** The topics of a station while somebody watches them, each made when it is first watched. */
import { findText } from '../../domain/bridge/topics.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Change } from '../store/store.ts';
import { type Board, createBoard } from './board.ts';
import { createFeed, type Source } from './feed.ts';
import { findSource } from './find-topic.ts';
import { createHandoffs } from './handoffs.ts';
import { type Followed, historySource, incidentSource } from './incident-topic.ts';
import { type KeptSource, keptSource, meSource } from './seat-topics.ts';
import { type PresenceSource, presenceSource, reachSource, requestsSource, rosterSource } from './station-topics.ts';
import type { DispatchOptions } from './surroundings.ts';
import { erases } from './touched.ts';
import type { KeptWorld } from './world.ts';

const NO_NOTICES: Source = { feed: createFeed(['notices']), close: () => undefined };

export interface Sources {
  /** Of the whole station: `board`, `reach`, `requests`, `roster`, `presence`. It stays once it was watched. */
  readonly lasting: (topic: string) => Source;
  /** Of one incident, one search or one seat: it goes with its last watcher. */
  readonly passing: (topic: string, seat: string) => { readonly source: Source; readonly leave: () => void };
  readonly presence: PresenceSource;
  /** Something that is kept for a seat became another. */
  readonly keptChanged: () => void;
  readonly close: () => void;
}

/** What was committed stands, whatever goes wrong in showing it: the store does not hear of it, `fault` does. */
export function createSources(options: DispatchOptions, { world, note }: KeptWorld): Sources {
  const { store, sessions, notices } = options;
  const handoffs = createHandoffs(store);
  const presence = presenceSource(options);
  const lasting = new Map<string, Source>();
  const passing = new Map<string, { readonly source: Source; watchers: number }>();
  let board: Board | null = null;
  const followed = new Set<Followed>();
  const kept = new Set<KeptSource>();

  const showing = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      options.fault?.('board', error);
    }
  };
  const stopChanges = store.onChange((change: Change) =>
    showing(() => {
      const renumbered = note(change);
      showing(() => board?.note(change, renumbered));
      for (const source of followed) showing(() => source.note(change));
      // What is erased takes with it what was being typed of it.
      if (erases(world, change)) for (const source of kept) showing(source.look);
    }),
  );

  const lastingSource = (topic: string): Source => {
    const held = lasting.get(topic);
    if (held) return held;
    const made = (): Source => {
      if (topic === 'reach') return reachSource(options);
      if (topic === 'requests') return requestsSource(options);
      if (topic === 'roster') return rosterSource({ store });
      if (topic === 'presence') return presence;
      board = createBoard(options, world);
      return board;
    };
    const source = made();
    lasting.set(topic, source);
    return source;
  };

  const make = (topic: string, seat: string): Source => {
    if (topic === 'me') return meSource(sessions, seat);
    if (topic === 'notices') return notices?.source(seat) ?? NO_NOTICES;
    if (topic === 'drafts' || topic === 'layouts') {
      const source = keptSource({ store, sessions, seat, space: topic === 'drafts' ? 'draft' : 'layout' });
      kept.add(source);
      return source;
    }
    const id = topic.slice(topic.indexOf(':') + 1);
    const text = findText(topic);
    if (text !== null) {
      const source = findSource(options, world, text);
      followed.add(source);
      return source;
    }
    // What lies at the center alone comes while it is read; where that cannot even be noted, the rest is shown all the same.
    const wantFacts = (ref: EntityRef): void => showing(() => store.wantFacts(ref));
    const source = topic.startsWith('incident:')
      ? incidentSource(world, handoffs, { lacksFacts: store.lacksFacts, wantFacts }, id)
      : historySource(world, id);
    followed.add(source);
    return source;
  };

  const passingSource = (topic: string, seat: string): { source: Source; leave: () => void } => {
    const key = topic.includes(':') ? topic : `${topic} ${seat}`;
    const held = passing.get(key) ?? { source: make(topic, seat), watchers: 0 };
    held.watchers++;
    passing.set(key, held);
    const leave = (): void => {
      if (--held.watchers > 0) return;
      passing.delete(key);
      followed.delete(held.source as Followed);
      kept.delete(held.source as KeptSource);
      held.source.close();
    };
    return { source: held.source, leave };
  };

  return {
    lasting: lastingSource,
    passing: passingSource,
    presence,
    keptChanged: () => {
      for (const source of kept) source.look();
    },
    close: () => {
      stopChanges();
      for (const source of lasting.values()) source.close();
      for (const { source } of passing.values()) source.close();
      presence.close();
    },
  };
}
