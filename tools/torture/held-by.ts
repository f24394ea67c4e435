/** Opens what each of them holds, once everything is quiet. */
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { effectsOf } from '../../domain/modules.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { demoFileSlot } from '../../server-bridge/keys/demo-file.ts';
import { openKeys } from '../../server-bridge/keys/keys.ts';
import { type OpenStore, openStore } from '../../server-bridge/store/open.ts';
import { createHttpCenter, enrolAt } from '../../server-bridge/sync/http-center.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';

const random = (length: number): Uint8Array => randomFillSync(new Uint8Array(length));
const PAGE = 1_000;
/** More than it takes until the longest wait is reached. */
const TRIES = 6;

/** The store of a station that has stopped, read with its own key; also what was closed long ago is in its `entities`. */
export async function storeOfStation(folder: string): Promise<OpenStore> {
  const keys = await openKeys(folder, [demoFileSlot()]);
  if (!keys.ok) throw new Error(keys.message);
  const { storeKey, deviceKey } = keys;
  const opened = openStore(join(folder, 'station.db'), {
    key: storeKey,
    deviceKey,
    effectsOf,
    clock: Date.now,
    random,
    keepMs: Number.MAX_SAFE_INTEGER,
  });
  if (!opened.ok) throw new Error(`${opened.message} ${opened.wayOut}`);
  return opened.store;
}

/** As a station asks: a center that is slow to answer is asked again, and waited for longer each time. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (--left === 0 || !(error instanceof SyncFailure) || error.kind !== 'unreachable') throw error;
    }
  }
}

/** What the center holds: its stream from the first number to the last, read by a workstation that never held anything. */
export async function storeOfCenter(center: string, code: string): Promise<OpenStore> {
  const deviceKey = newSigningKey();
  const signer = signerOf(deviceKey);
  const name = 'Reader';
  const { org, site, station, short, siteKeys, roster } = await enrolAt(center, {
    ...{ code, name, signer, random, lanAddress: '' },
    clock: Date.now,
    onWaiting: () => {},
  });
  const opened = openStore(':memory:', {
    key: null,
    plain: true,
    deviceKey,
    identity: { org, site, station, short, name },
    siteKeys,
    effectsOf,
    clock: Date.now,
    random,
  });
  if (!opened.ok) throw new Error(`${opened.message} ${opened.wayOut}`);
  const { store } = opened;
  store.saveRoster(roster, siteKeys);
  const http = createHttpCenter({ url: center, station, signer, clock: Date.now, random });
  try {
    const { epoch } = await asked(() =>
      http.hello({ wire: 1, build: 'torture', reads: [], cursor: null, logs: [], grants: [], lanAddress: '' }),
    );
    for (let after = 0; ; ) {
      const page = await asked(() => http.pull(epoch, after, PAGE));
      if (store.applyPage(page) !== 'applied') throw new Error(`The center's stream is not dense after ${after}.`);
      after = page.from + page.items.length;
      if (after >= page.head) return store;
    }
  } finally {
    await http.close();
  }
}
