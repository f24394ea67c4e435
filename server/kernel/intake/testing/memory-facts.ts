/** Facts within one step on a log in memory: how far their logs are, which are held and how, and what is put there. */
import { isHeaderAlone } from '#domain/kernel/fact.ts';
import { headerHash } from '#sealing/digest.ts';
import { openBody } from '#sealing/frame.ts';
import { openKeys } from '../open.ts';
import { emptyPosition, placeName } from '../place.ts';
import type { IntakeTransaction } from '../port.ts';
import type { MemoryChanges } from './memory-changes.ts';
import type { OrgState } from './memory-state.ts';

export function memoryFacts(
  state: OrgState,
  { facts, opened, put, push, replace }: MemoryChanges,
  keys: Pick<IntakeTransaction, 'keys' | 'siteKey'>,
): Pick<
  IntakeTransaction,
  'positions' | 'putPositions' | 'held' | 'factsAbout' | 'headersAlone' | 'complete' | 'append'
> {
  return {
    positions: async (logs) => new Map(logs.map((log) => [log, state.positions.get(log) ?? emptyPosition(log)])),
    putPositions: async (positions) => {
      for (const position of positions) put(state.positions, position.log, position);
    },
    held: async (ids) => new Set(ids.filter((id) => state.facts.has(id))),
    factsAbout: async (ref) => {
      const stored = (state.about.get(ref) ?? []).flatMap((id) => state.facts.get(id) ?? []);
      const closed = stored.filter(({ fact, frame }) => fact.content === undefined && frame.k !== null);
      const open = await openKeys(
        keys,
        closed.map(({ frame }) => frame.k as string),
      );
      return stored.map(({ fact, frame }) => {
        if (fact.content !== undefined || frame.k === null) return fact;
        return { ...fact, content: openBody(frame, fact, open.get(frame.k) ?? null) };
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
  };
}
