/** One step of intake on a log in memory; everything it changes can be undone. */
import { type Fact, type Frame, isHeaderAlone } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import { HOME_KINDS } from '#domain/modules.ts';
import { headerHash } from '#sealing/digest.ts';
import { openBody } from '#sealing/frame.ts';
import { openKeys } from '../open.ts';
import { emptyPosition, placeName } from '../place.ts';
import type { IntakeTransaction } from '../port.ts';
import type { Reading } from '../reading.ts';
import type { Directory } from './memory.ts';
import { type OrgState, wasErased } from './memory-state.ts';

export interface MemoryStep {
  readonly tx: IntakeTransaction;
  readonly facts: readonly Fact[];
  /** What facts are about that were held before, and can be read since this step. */
  readonly opened: readonly EntityRef[];
  /** Sites whose streams grew, and the number they stood at before. */
  readonly grown: ReadonlyMap<string, number>;
  readonly undo: () => void;
}

function present<K, V>(keys: readonly K[], find: (key: K) => V | undefined): Map<K, V> {
  const found = new Map<K, V>();
  for (const key of keys) {
    const value = find(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

export function beginMemoryStep(org: string, state: OrgState, directory: Directory, reading: Reading): MemoryStep {
  const undo: (() => void)[] = [];
  const facts: Fact[] = [];
  const opened: EntityRef[] = [];
  const grown = new Map<string, number>();

  const put = <K, V>(map: Map<K, V>, key: K, value: V): void => {
    const had = map.has(key);
    const before = map.get(key) as V;
    undo.push(() => (had ? map.set(key, before) : map.delete(key)));
    map.set(key, value);
  };
  const push = (site: string, itemAt: (n: number) => StreamItem): void => {
    let items = state.streams.get(site);
    if (!items) {
      items = [];
      state.streams.set(site, items);
    }
    if (!grown.has(site)) grown.set(site, items.length);
    items.push(itemAt(items.length + 1));
  };

  /** Frames on a stream become others; whether any did. */
  const replace = (items: StreamItem[], by: ReadonlyMap<Frame, Frame>): boolean => {
    let any = false;
    for (const [i, item] of items.entries()) {
      const frame = 'frame' in item ? by.get(item.frame) : undefined;
      if (!frame) continue;
      undo.push(() => items.splice(i, 1, item));
      items.splice(i, 1, { n: item.n, frame });
      any = true;
    }
    return any;
  };

  const isErased = (ref: EntityRef): boolean => wasErased(state, ref);
  const losesBodies = (ref: EntityRef): boolean =>
    (state.about.get(ref) ?? []).some((id) => state.destroyed.has(state.facts.get(id)?.frame.k ?? ''));
  const foldedOf = (ref: EntityRef): Folded | null | undefined => {
    const folded = state.entities.get(ref);
    const isOfThese = !folded || state.marks.get(ref) === reading.markOf(folded) || isErased(ref) || losesBodies(ref);
    return isOfThese ? folded : null;
  };

  const tx: IntakeTransaction = {
    org,
    epoch: state.epoch,
    effectsOf: reading.effectsOf,
    positions: async (logs) => new Map(logs.map((log) => [log, state.positions.get(log) ?? emptyPosition(log)])),
    putPositions: async (positions) => {
      for (const position of positions) put(state.positions, position.log, position);
    },
    authors: async (stations, sessions) => ({
      devices: present(stations, (station) => directory.device(org, station)),
      standings: present(sessions, (session) => directory.standing(org, session)),
    }),
    keys: async (ids) => present(ids, (id) => state.envelopes.get(id)),
    destroyed: async (ids) => new Set(ids.filter((id) => state.destroyed.has(id))),
    destroyKeys: async (ref) => {
      const gone = new Set([...state.envelopes.values()].filter((key) => key.entity === ref).map((key) => key.id));
      for (const id of gone) {
        const envelope = state.envelopes.get(id);
        if (envelope) undo.push(() => state.envelopes.set(id, envelope));
        state.envelopes.delete(id);
        put(state.destroyed, id, true);
      }
      const blank = new Map<Frame, Frame>();
      for (const [id, { fact, frame }] of state.facts) {
        if (frame.k === null || !gone.has(frame.k)) continue;
        const blanked = { ...frame, b: null };
        blank.set(frame, blanked);
        put(state.facts, id, { fact: { ...fact, content: undefined }, frame: blanked, unread: false });
      }
      for (const items of state.streams.values()) replace(items, blank);
    },
    underHold: async (ref) => directory.underHold(org, ref),
    putKeys: async (keys) => {
      const fresh = new Set<string>();
      for (const key of keys) {
        if (state.envelopes.has(key.id) || state.destroyed.has(key.id)) continue;
        if (isErased(key.entity)) {
          put(state.destroyed, key.id, true);
          continue;
        }
        put(state.envelopes, key.id, key);
        fresh.add(key.id);
      }
      if (fresh.size === 0) return [];
      const refs = new Set<EntityRef>();
      for (const [id, stored] of state.facts) {
        if (!stored.unread || stored.frame.k === null || !fresh.has(stored.frame.k)) continue;
        put(state.facts, id, { ...stored, unread: false });
        for (const ref of stored.fact.about) refs.add(ref);
      }
      opened.push(...refs);
      return [...refs];
    },
    siteKey: async (site, id) => directory.siteKey(org, site, id) ?? null,
    folded: async (refs) => present(refs, foldedOf),
    factsAbout: async (ref) => {
      const stored = (state.about.get(ref) ?? []).flatMap((id) => state.facts.get(id) ?? []);
      const closed = stored.filter(({ fact, frame }) => fact.content === undefined && frame.k !== null);
      const keys = await openKeys(
        tx,
        closed.map(({ frame }) => frame.k as string),
      );
      return stored.map(({ fact, frame }) => {
        if (fact.content !== undefined || frame.k === null) return fact;
        return { ...fact, content: openBody(frame, fact, keys.get(frame.k) ?? null) };
      });
    },
    headersAlone: async (places) => {
      const wanted = new Set(places.map(placeName));
      return [...state.facts.values()].flatMap(({ fact: { log, seq }, frame }) =>
        isHeaderAlone(frame) && wanted.has(placeName({ log, seq })) ? [{ log, seq, hash: headerHash(frame.h) }] : [],
      );
    },
    complete: async (rows) => {
      for (const { frame, fact } of rows) {
        const alone = state.facts.get(fact.id)?.frame;
        if (alone?.h !== frame.h || !isHeaderAlone(alone))
          throw new Error(`fact ${fact.id} is not held by its header alone`);
        put(state.facts, fact.id, { frame, fact, unread: false });
        opened.push(...fact.about);
        for (const [site, items] of state.streams)
          if (replace(items, new Map([[alone, frame]]))) push(site, (n) => ({ n, frame }));
      }
    },
    held: async (ids) => new Set(ids.filter((id) => state.facts.has(id))),
    sitesOf: async (refs) => present(refs, (ref) => state.sites.get(ref)),
    guestsOf: async (refs) => present(refs, (ref) => state.guests.get(ref)),
    visitedRuns: async (incident) =>
      [...state.guests.keys()].filter((ref) => partsOfAssignment(ref)?.incident === incident),
    homesOf: async (refs) =>
      present(refs, (ref) => {
        const kind = HOME_KINDS.get(kindOf(ref));
        return kind === undefined ? undefined : state.records.get(`${kind}/${idOf(ref)}`)?.site;
      }),
    visit: async (rows) => {
      for (const { ref, site } of rows) {
        const before = state.guests.get(ref) ?? [];
        if (!before.includes(site)) put(state.guests, ref, [...before, site].sort());
      }
    },
    hold: async (rows) => {
      for (const { ref, site } of rows) {
        const before = state.sites.get(ref) ?? [];
        if (before.includes(site)) continue;
        const guests = state.guests.get(ref);
        if (guests?.includes(site)) {
          put(
            state.guests,
            ref,
            guests.filter((guest) => guest !== site),
          );
        }
        put(state.sites, ref, [...before, site].sort());
        // Its own are on its stream already.
        const others = (state.about.get(ref) ?? []).flatMap((id) => {
          const stored = state.facts.get(id);
          return stored && stored.fact.site !== site ? [stored.frame] : [];
        });
        if (others.length === 0) continue;
        const there = new Set((state.streams.get(site) ?? []).flatMap((item) => ('frame' in item ? [item.frame] : [])));
        for (const frame of others) if (!there.has(frame)) push(site, (n) => ({ n, frame }));
      }
    },
    append: async (rows) => {
      for (const { frame, fact, sites, unread } of rows) {
        if (state.facts.has(fact.id)) throw new Error(`fact ${fact.id} is held already`);
        put(state.facts, fact.id, { frame, fact, unread });
        for (const ref of new Set(fact.about)) put(state.about, ref, [...(state.about.get(ref) ?? []), fact.id]);
        push(fact.site, (n) => ({ n, frame }));
        for (const site of sites) if (site !== fact.site) push(site, (n) => ({ n, frame }));
        facts.push(fact);
      }
    },
    putFolded: async (states) => {
      for (const folded of states) {
        put(state.entities, folded.ref, folded);
        put(state.marks, folded.ref, reading.markOf(folded));
      }
    },
    putRecord: async (site, record) => {
      const name = `${record.kind}/${record.id}`;
      const before = state.records.get(name);
      if (before && (before.site !== site || before.record.version >= record.version)) {
        throw new Error(`${record.kind} ${record.id} is already at a later version, or belongs to another site`);
      }
      put(state.records, name, { site, record });
      push(site, (n) => ({ n, record }));
    },
    showRecord: async (site, record) => push(site, (n) => ({ n, record })),
    record: async (kind, id) => state.records.get(`${kind}/${id}`)?.record ?? null,
    awaitSignIn: async (waiting) => {
      for (const { fact, session } of waiting) put(state.awaiting, fact, session);
    },
    takeAwaiting: async (sessions) => {
      const waiting = [...state.awaiting].filter(([, session]) => sessions.includes(session));
      return waiting.flatMap(([id, session]) => {
        undo.push(() => state.awaiting.set(id, session));
        state.awaiting.delete(id);
        const fact = state.facts.get(id)?.fact;
        return fact ? [fact] : [];
      });
    },
    putMarker: async (site, log, seq, reason) => {
      const name = `${site}|${log}|${seq}`;
      if (state.markers.has(name)) return;
      put(state.markers, name, true);
      push(site, (n) => ({ n, marker: { log, seq, reason } }));
    },
  };

  return {
    tx,
    facts,
    opened,
    grown,
    undo: () => {
      for (const step of undo.reverse()) step();
      for (const [site, length] of grown) state.streams.get(site)?.splice(length);
    },
  };
}
