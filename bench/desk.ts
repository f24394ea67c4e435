/** The shipped store in an encrypted file with a small roster, and the board over it: a desk without a center. */
import { effectsOf } from '../domain/modules.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey } from '../sealing/signing.ts';
import { createDispatch } from '../server-bridge/dispatch/dispatch.ts';
import type { Dispatch } from '../server-bridge/dispatch/port.ts';
import { IDENTITY, me, ROSTER } from '../server-bridge/dispatch/testing/desk.ts';
import { fixedSessions } from '../server-bridge/session/fixed.ts';
import { type OpenStore, openStore } from '../server-bridge/store/open.ts';
import { systemTimers } from '../server-bridge/sync/system-timers.ts';

export function openBenchDesk(
  path: string,
  key: Uint8Array,
): { readonly store: OpenStore; readonly dispatch: Dispatch } {
  const random = systemRandom();
  const opened = openStore(path, {
    key,
    deviceKey: newSigningKey(),
    identity: IDENTITY,
    siteKeys: [{ id: 'sk1', key: Buffer.from(random(32)).toString('base64url') }],
    effectsOf,
    clock: Date.now,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  store.beginEpoch('bench');
  const items = ROSTER.map((record, i) => ({ n: i + 1, record }));
  store.applyPage({ epoch: 'bench', from: 0, items, keys: [], head: items.length });
  const sessions = fixedSessions(me());
  return { store, dispatch: createDispatch({ store, clock: Date.now, random, timers: systemTimers, sessions }) };
}
