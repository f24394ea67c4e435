import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { unwrapKey } from '#sealing/cipher.ts';
import type { CenterLog, StreamRead } from './port.ts';
import { withSharedKeys } from './shared-keys.ts';
import { memoryLog } from './testing/memory.ts';
import { type Made, newEntity, opening, type SiteOfStation, testStation } from './testing/station.ts';

const ORG = 'o';
const siteOf = (site: string): SiteOfStation => ({
  ...{ org: ORG, site },
  siteKey: { id: `key-${site}`, bytes: randomBytes(32) },
});
const [here, there] = [siteOf('here'), siteOf('there')];
const bytesOf = new Map([here, there].map(({ site, siteKey }) => [`${site} ${siteKey.id}`, siteKey.bytes]));

/** What is read for `here`, whose stream is these frames, in this order; every key of theirs comes along. */
async function readHere(...made: readonly Made[]): Promise<StreamRead> {
  const stream: StreamRead = {
    items: made.map(({ frame }, i) => ({ n: i + 1, frame })),
    keys: made.flatMap(({ keys }) => keys),
  };
  const none = { device: () => undefined, standing: () => undefined, siteKey: () => undefined, underHold: () => false };
  const asStored: CenterLog = { ...memoryLog(none, () => 'e'), read: async () => stream };
  const log = withSharedKeys(
    asStored,
    {
      siteKeys: async () => [{ ...here.siteKey, state: 'active' }],
      siteKey: async (_, site, id) => bytesOf.get(`${site} ${id}`) ?? null,
    },
    (length) => randomBytes(length),
  );
  return log.read(ORG, here.site, 0, 10);
}

it('wraps the keys of other sites’ facts anew for the site that reads them, and leaves its own as they are', async () => {
  const own = testStation('a', here).append(opening(newEntity('incident')));
  const others = testStation('b', there).append(opening(newEntity('incident')));
  const { keys } = await readHere(own, others);
  expect(keys[0]).toEqual(own.keys[0]);
  expect(keys[1]).toMatchObject({ id: others.keys[0]?.id, site: here.site, under: here.siteKey.id });
  const [bytes] = others.keys.map((key) => unwrapKey(there.siteKey.bytes, key));
  const opened = keys[1] && unwrapKey(here.siteKey.bytes, keys[1]);
  expect(opened?.equals(bytes ?? Buffer.alloc(0))).toBe(true);
});

it('opens nothing for a site that only names a key of another in a frame of its own', async () => {
  const others = testStation('b', there).append(opening(newEntity('incident')));
  const own = testStation('a', here).append(opening(newEntity('incident')));
  const naming = { ...own, frame: { ...own.frame, k: others.frame.k }, keys: others.keys };
  expect((await readHere(naming)).keys).toEqual(others.keys);
});
