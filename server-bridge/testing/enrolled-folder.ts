import { join } from 'node:path';
import type { FactDraft } from '../../domain/kernel/fact.ts';
import { effectsOf } from '../../domain/modules.ts';
import { systemRandom } from '../../sealing/random.ts';
import { IDENTITY } from '../dispatch/testing/desk.ts';
import { demoFileSlot } from '../keys/demo-file.ts';
import { createKeys } from '../keys/keys.ts';
import { type OpenStore, openStore } from '../store/open.ts';

/** A folder as an enrolment leaves it, with these facts and whatever else `fill` puts into its store. Its store's path. */
export async function enrolledFolder(
  folder: string,
  facts: readonly FactDraft[],
  fill: (store: OpenStore) => void = () => undefined,
): Promise<string> {
  const keys = await createKeys(folder, [demoFileSlot()], systemRandom());
  if (!keys.ok) throw new Error(keys.message);
  const path = join(folder, 'station.db');
  const opened = openStore(path, {
    key: keys.storeKey,
    deviceKey: keys.deviceKey,
    identity: IDENTITY,
    siteKeys: [{ id: 'sk1', key: Buffer.alloc(32, 7).toString('base64url') }],
    effectsOf,
    clock: Date.now,
    random: systemRandom(),
  });
  if (!opened.ok) throw new Error(opened.message);
  fill(opened.store);
  opened.store.append(facts, { position: null, session: null, by: null });
  opened.store.close();
  return path;
}
