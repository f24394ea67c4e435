/** A desk to test at: a real store in memory with a small roster, and the board over it. */
import type { Me } from '../../../domain/bridge/calls.ts';
import { applyPatch, type TopicState } from '../../../domain/bridge/topics.ts';
import type { Role } from '../../../domain/kernel/permission.ts';
import type { RecordVersion } from '../../../domain/kernel/stream.ts';
import { effectsOf } from '../../../domain/modules.ts';
import { newSigningKey } from '../../../sealing/signing.ts';
import { fixedSessions } from '../../session/fixed.ts';
import type { Sessions } from '../../session/port.ts';
import { type OpenStore, openStore } from '../../store/open.ts';
import { systemTimers } from '../../sync/system-timers.ts';
import { createDispatch } from '../dispatch.ts';
import type { Delta, Dispatch, Who } from '../port.ts';
import type { DispatchOptions } from '../surroundings.ts';

export const SEAT: Who = { seat: 'desk' };
export const IDENTITY = { org: 'org', site: 'site', station: 'station-a', short: 'AAA', name: 'Desk A' };

/** Enough randomness for ids in a test, the same every time. */
function seededRandom(seed = 1): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

export function me(roles: readonly Role[] = ['dispatcher'], over: Partial<Me> = {}): Me {
  return {
    user: 'kim',
    login: 'kim',
    name: 'Kim',
    roles: [...roles],
    session: 'session-kim',
    position: 'p1',
    positionName: 'Position 1',
    offline: false,
    grantExpired: false,
    ended: false,
    keptBy: null,
    locked: false,
    ...over,
  };
}

const record = (kind: string, id: string, body: RecordVersion['body']): RecordVersion => ({
  kind,
  id,
  version: 1,
  body,
});

export const UNITS = ['m36', 'm14', 'e06'] as const;
export const ROSTER: readonly RecordVersion[] = [
  record('site', 'site', { name: 'Harbor County', timeZone: 'America/Los_Angeles', waiting: { '1': [30, 60] } }),
  record('agency', 'ems', { name: 'Harbor EMS', short: 'EMS', discipline: 'ems' }),
  record('facility', 'mercy', { name: 'Mercy Hospital', short: 'MERCY', kind: 'hospital' }),
  record('position', 'p1', { name: 'Position 1', covers: 'EMS north' }),
  record('person', 'kim', { user: 'kim', name: 'Kim', roles: ['dispatcher'], active: true }),
  record('nature', 'chest', {
    code: '10',
    text: 'Chest pain',
    alsoCalled: ['heart attack'],
    priority: '1',
    needs: 'ALS',
  }),
  record('disposition', 'done', { code: 'DONE', text: 'Handled' }),
  ...UNITS.map((id) =>
    record('roster_unit', id, {
      callsign: id.toUpperCase(),
      kind: 'ambulance',
      agency: 'ems',
      home: null,
      capabilities: [],
      active: true,
    }),
  ),
];

export interface Desk {
  readonly store: OpenStore;
  readonly dispatch: Dispatch;
  /** Watches a topic and keeps its state up to date. */
  readonly watch: (
    topic: string,
    who?: Who,
  ) => { readonly state: () => TopicState; readonly deltas: readonly Delta[]; readonly stop: () => void };
  readonly close: () => void;
}

export function openDesk(over: Partial<DispatchOptions> & { readonly sessions?: Sessions } = {}): Desk {
  const random = seededRandom();
  const siteKey = { id: 'sk1', key: Buffer.alloc(32, 7).toString('base64url') };
  const opened = openStore(':memory:', {
    key: null,
    plain: true,
    deviceKey: newSigningKey(),
    identity: IDENTITY,
    siteKeys: [siteKey],
    effectsOf,
    clock: Date.now,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  store.beginEpoch('epoch-1');
  const items = ROSTER.map((each, i) => ({ n: i + 1, record: each }));
  if (store.applyPage({ epoch: 'epoch-1', from: 0, items, keys: [], head: items.length }) !== 'applied')
    throw new Error('gap');
  const dispatch = createDispatch({
    store,
    clock: Date.now,
    random,
    timers: systemTimers,
    sessions: fixedSessions(me()),
    ...over,
  });
  return {
    store,
    dispatch,
    watch: (topic, who = SEAT) => {
      const deltas: Delta[] = [];
      let state: TopicState = {};
      const watched = dispatch.watch(topic, who, (delta) => {
        deltas.push(delta);
        state = applyPatch(state, { n: 0, ...delta });
      });
      if (!watched.ok) throw new Error(watched.refusal.message);
      state = watched.value.state;
      return { state: () => state, deltas, stop: watched.value.stop };
    },
    close: () => {
      dispatch.close();
      store.close();
    },
  };
}
