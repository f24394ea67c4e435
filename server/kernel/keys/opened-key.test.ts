import { expect, it } from 'vitest';
import { KEY_BYTES, wrapKey } from '#sealing/cipher.ts';
import { systemRandom } from '#sealing/random.ts';
import { openedKey } from './opened-key.ts';

const random = systemRandom();
const about = { id: 'k1', entity: 'incident:1', org: 'o', site: 's', under: 'site-1' } as const;

it('opens what its own site’s key wrapped, again and again', () => {
  const [site, key] = [random(KEY_BYTES), random(KEY_BYTES)];
  const envelope = wrapKey(site, key, about, random);
  expect(openedKey(site, envelope)).toEqual(Buffer.from(key));
  expect(openedKey(site, { ...envelope })).toEqual(Buffer.from(key));
});

it('takes no key for another’s once it was opened: not under another name, nor by another site’s key', () => {
  const site = random(KEY_BYTES);
  const envelope = wrapKey(site, random(KEY_BYTES), about, random);
  expect(openedKey(site, envelope)).not.toBeNull();
  for (const part of ['id', 'entity', 'org', 'site'] as const) {
    expect(openedKey(site, { ...envelope, [part]: `${envelope[part]}0` as never })).toBeNull();
  }
  expect(openedKey(random(KEY_BYTES), envelope)).toBeNull();
});
