/** From a sign-in without the center, under a grant that ran out, to the supervisor who settles what was written: nothing is lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyPatch, type IncidentRow, type TopicState } from '../../domain/bridge/topics.ts';
import { DEFAULT_POLICY, type Policy } from '../../domain/identity/policy.ts';
import { effectsOf, READS } from '../../domain/modules.ts';
import { systemRandom } from '../../sealing/random.ts';
import { DEMO_PASSWORD, DEMO_USER } from '../../server/modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { createDispatch } from '../dispatch/dispatch.ts';
import { type OpenStore, openStore } from '../store/open.ts';
import { startSync } from '../sync/engine.ts';
import { createHttpCenter, type HttpCenter } from '../sync/http-center.ts';
import { SyncFailure } from '../sync/ports.ts';
import { systemTimers } from '../sync/system-timers.ts';
import { enrolledWorkstation } from '../sync/testing/enrolled.ts';
import type { Sessions } from './port.ts';
import { createSessions } from './sessions.ts';
import { argon2Verifier } from './verifier.ts';

const SEAT = 'console';
const HOUR = 3_600_000;
const SOON = { timeout: 15_000, interval: 50 };

const random = systemRandom();
let center: TestCenter;
let store: OpenStore;
let http: HttpCenter;
/** The workstation's clock against the right one, ms; and whether its wire to the center is cut. */
let shift = 0;
let cut = false;

async function setPolicy(offline: Partial<Policy['offline']>): Promise<void> {
  const path = '/v1/organisation/policy';
  const { version } = (await center.call<{ version: number }>('GET', path, undefined, center.adminToken)).body;
  const policy = { ...DEFAULT_POLICY, offline: { ...DEFAULT_POLICY.offline, ...offline } };
  const set = await center.call('PUT', path, { policy, version, reason: 'a test' }, center.adminToken);
  expect(set.status).toBe(200);
}

/** A station's sessions after a start: nobody is signed in. */
function started(): Sessions {
  const wired = <T>(ask: () => Promise<T>): Promise<T> =>
    cut ? Promise.reject(new SyncFailure('unreachable', 'the cable is out')) : ask();
  const { accounts } = http;
  return createSessions({
    store,
    accounts: {
      signIn: (input) => wired(() => accounts.signIn(input)),
      refresh: (token) => wired(() => accounts.refresh(token)),
      end: (token, replaced) => wired(() => accounts.end(token, replaced)),
    },
    verifier: argon2Verifier,
    timers: systemTimers,
    clock: () => performance.now(),
    position: null,
    centerReached: () => !cut,
  });
}

function deskOf(sessions: Sessions) {
  const dispatch = createDispatch({ store, clock: () => performance.now(), random, timers: systemTimers, sessions });
  let state: TopicState = {};
  const watched = dispatch.watch('board', { seat: SEAT }, (delta) => {
    state = applyPatch(state, { n: 0, ...delta });
  });
  if (!watched.ok) throw new Error(watched.refusal.message);
  state = watched.value.state;
  return {
    dispatch,
    incident: (id: string) => (state.incidents as { readonly [id: string]: IncidentRow } | undefined)?.[id],
    open: async (text: string): Promise<string> => {
      const call = { location: { text }, nature: { code: '10', text: 'Chest pain' } };
      const answer = await dispatch.call('incident.open', { ...call, source: 'call' }, { seat: SEAT });
      if (!answer.ok) throw new Error(answer.refusal.message);
      return answer.value.incident ?? '';
    },
    close: () => {
      watched.value.stop();
      dispatch.close();
      sessions.close();
    },
  };
}

beforeAll(async () => {
  center = await testCenter();
  await setPolicy({ hours: 1 });
  const { deviceKey, signer, enrolled } = await enrolledWorkstation(center, 'Seat 1');
  const { org, site, station, short } = enrolled;
  const opened = openStore(':memory:', {
    key: null,
    plain: true,
    deviceKey,
    identity: { org, site, station, short, name: 'Seat 1' },
    siteKeys: enrolled.siteKeys,
    effectsOf,
    clock: () => Date.now() + shift,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  store = opened.store;
  store.saveRoster(enrolled.roster, enrolled.siteKeys);
  http = createHttpCenter({ url: center.url, station, signer, clock: Date.now, random });
});
afterAll(async () => {
  await http?.close();
  store?.close();
  await center?.close();
});

it('arrives contested and visible, however the clock is turned, and counts once a supervisor confirmed it', async () => {
  const online = started();
  expect(await online.signIn(SEAT, DEMO_USER, DEMO_PASSWORD)).toMatchObject({ ok: true, value: { offline: false } });
  online.close();

  cut = true;
  shift = 2 * HOUR;
  const late = started();
  expect(await late.signIn(SEAT, DEMO_USER, DEMO_PASSWORD)).toMatchObject({
    ok: true,
    value: { offline: true, grantExpired: true, roles: ['dispatcher'] },
  });
  const first = deskOf(late);
  const one = await first.open('1 Late Street');
  first.close();

  // Back within the grant's hour: the store has seen a later one.
  shift = HOUR / 2;
  const back = started();
  expect(await back.signIn(SEAT, DEMO_USER, DEMO_PASSWORD)).toMatchObject({ value: { grantExpired: true } });
  const second = deskOf(back);
  const two = await second.open('2 Rolled Back Road');
  second.close();

  cut = false;
  shift = 0;
  await setPolicy({ hours: 72 });
  const supervised = started();
  const sync = startSync({
    store,
    center: http,
    peers: null,
    timers: systemTimers,
    clock: Date.now,
    steady: () => performance.now(),
    random,
    build: 'test',
    reads: READS,
    lanAddress: '',
  });
  try {
    expect(await supervised.signIn(SEAT, 'supervisor1', DEMO_PASSWORD)).toMatchObject({ value: { offline: false } });
    const desk = deskOf(supervised);
    for (const id of [one, two]) {
      await expect.poll(() => desk.incident(id)?.contested.length ?? 0, SOON).toBeGreaterThan(0);
      expect(JSON.stringify(desk.incident(id)?.contested)).toContain('The right to sign in had ended.');
    }
    for (const id of [one, two]) {
      for (const { fact } of desk.incident(id)?.contested ?? []) {
        const settle = { entity: `incident:${id}`, fact, verdict: 'confirmed' as const };
        expect(await desk.dispatch.call('contested.settle', settle, { seat: SEAT })).toMatchObject({ ok: true });
      }
      await expect.poll(() => desk.incident(id)?.contested, SOON).toEqual([]);
    }
    await expect.poll(() => store.unsentTotal(), SOON).toBe(0);
    desk.close();
  } finally {
    await sync.close();
  }
});
