/**
 * A real station without a center, for working on the screens: store in memory, the demo county's roster, the shipped
 * board and host. Anyone is signed in. `node renderer/testing/live-station.ts [PORT]` prints the address.
 */
import { join } from 'node:path';
import { applyPatch, type TopicState } from '#domain/bridge/topics.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { effectsOf } from '#domain/modules.ts';
import { systemRandom } from '#sealing/random.ts';
import { newSigningKey } from '#sealing/signing.ts';
import { readCounty, recordsOf } from '../../server/modules/demo/county.ts';
import { firstRecordId } from '../../server/modules/sites/create.ts';
import { createDispatch } from '../../server-bridge/dispatch/dispatch.ts';
import { startHost } from '../../server-bridge/host/host.ts';
import { createTokens } from '../../server-bridge/host/tokens.ts';
import { fixedSessions } from '../../server-bridge/session/fixed.ts';
import { openStore } from '../../server-bridge/store/open.ts';
import { systemTimers } from '../../server-bridge/sync/system-timers.ts';

const SITE = 'site';
const SEAT = { seat: 'console' };

export interface LiveStation {
  /** With a one-time token. */
  readonly address: () => string;
  readonly dispatch: ReturnType<typeof createDispatch>;
  readonly board: () => TopicState;
  readonly close: () => Promise<void>;
}

export async function startLiveStation(port = 0): Promise<LiveStation> {
  const random = systemRandom();
  const opened = openStore(':memory:', {
    key: null,
    plain: true,
    deviceKey: newSigningKey(),
    identity: { org: 'org', site: SITE, station: 'station-a', short: 'AAA', name: 'Console 1' },
    siteKeys: [{ id: 'sk1', key: Buffer.alloc(32, 7).toString('base64url') }],
    effectsOf,
    clock: Date.now,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  const county = await readCounty();
  const items = recordsOf(county, SITE).map(({ kind, key, body }, i) => ({
    n: i + 1,
    record: {
      kind,
      id: kind === 'site' ? SITE : firstRecordId(SITE, kind, key),
      version: 1,
      body: body as RecordVersion['body'],
    },
  }));
  store.beginEpoch('epoch-1');
  store.applyPage({ epoch: 'epoch-1', from: 0, items, keys: [], head: items.length });
  const tokens = createTokens(store, random);
  const person = county.people.find((one) => one.roles.includes('admin')) ?? county.people[0];
  const position = items.find((item) => item.record.kind === 'position')?.record;
  const dispatch = createDispatch({
    store,
    clock: () => performance.now(),
    random,
    timers: systemTimers,
    windowToken: tokens.issue,
    sessions: fixedSessions({
      user: person?.user ?? 'kim',
      login: person?.user ?? 'kim',
      name: person?.name ?? 'Kim',
      roles: ['admin', 'supervisor', 'dispatcher'],
      session: 'session',
      position: position?.id ?? null,
      positionName: String(position?.body?.name ?? ''),
      offline: false,
      grantExpired: false,
      ended: false,
      keptBy: null,
      locked: false,
    }),
    fault: (where, error) => console.error(where, error),
  });
  let board: TopicState = {};
  const watched = dispatch.watch('board', SEAT, (delta) => {
    board = applyPatch(board, { n: 0, ...delta });
  });
  if (watched.ok) board = watched.value.state;
  const host = await startHost({
    port,
    folder: join(import.meta.dirname, '..', '..', 'dist', 'renderer'),
    served: {
      dispatch,
      station: 'station-a',
      build: 'look',
      admit: tokens.admit,
      fault: (where, error) => console.error(where, error),
    },
  });
  return {
    address: () => `${host.url}#${tokens.issue(SEAT.seat)}`,
    dispatch,
    board: () => board,
    close: async () => {
      await host.close();
      dispatch.close();
      store.close();
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const station = await startLiveStation(Number(process.argv[2] ?? 0));
  console.log(station.address());
}
