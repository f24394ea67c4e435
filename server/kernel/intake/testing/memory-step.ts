/** One step of intake on a log in memory; everything it changes can be undone. */
import type { Fact } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { IntakeTransaction } from '../port.ts';
import type { Reading } from '../reading.ts';
import type { Directory } from './directory.ts';
import { changesOf, type MemoryChanges, present } from './memory-changes.ts';
import { memoryFacts } from './memory-facts.ts';
import { memoryFolded } from './memory-folded.ts';
import { memoryKeys } from './memory-keys.ts';
import { memorySites } from './memory-sites.ts';
import type { OrgState } from './memory-state.ts';

export interface MemoryStep extends Pick<MemoryChanges, 'grown' | 'undo'> {
  readonly tx: IntakeTransaction;
  readonly facts: readonly Fact[];
  readonly opened: readonly EntityRef[];
}

export function beginMemoryStep(org: string, state: OrgState, directory: Directory, reading: Reading): MemoryStep {
  const changes = changesOf(state);
  const { put, remove, push } = changes;
  const keys = memoryKeys(state, changes);
  const siteKey: IntakeTransaction['siteKey'] = async (site, id) => directory.siteKey(org, site, id) ?? null;
  const tx: IntakeTransaction = {
    org,
    epoch: state.epoch,
    effectsOf: reading.effectsOf,
    ...keys,
    siteKey,
    ...memoryFacts(state, changes, { keys: keys.keys, siteKey }),
    ...memorySites(state, changes),
    ...memoryFolded(state, changes, reading),
    authors: async (stations, sessions) => ({
      devices: present(stations, (station) => directory.device(org, station)),
      standings: present(sessions, (session) => directory.standing(org, session)),
    }),
    underHold: async (ref) => directory.underHold(org, ref),
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
      return waiting.flatMap(([id]) => {
        remove(state.awaiting, id);
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
  const { facts, opened, grown, undo } = changes;
  return { tx, facts, opened, grown, undo };
}
