import { expect, it } from 'vitest';
import { entityRef } from '../../../domain/kernel/ids.ts';
import { KEY_BYTES } from '../../../sealing/cipher.ts';
import { systemRandom } from '../../../sealing/random.ts';
import { connectionTo, openDatabase, TUNING } from '../file/database.ts';
import { migrate } from '../migrations/migrate.ts';
import { entityKeys } from './entity-keys.ts';

it('holds of each key its own bytes alone, and no memory beside them, whether it was made here or came from others', () => {
  const raw = openDatabase({ path: ':memory:', key: null, tuning: TUNING });
  migrate(raw);
  const db = connectionTo(raw, null);
  const random = systemRandom();
  const site = { id: 'sk1', key: Buffer.from(random(KEY_BYTES)).toString('base64url') };
  const opening = () => entityKeys(db, { org: 'org', site: 'site' }, random, () => [site]);
  try {
    const incident = entityRef('incident', '1');
    const made = opening().keyFor(incident);
    const read = opening().keyFor(incident);
    expect(Buffer.from(read.bytes)).toEqual(Buffer.from(made.bytes));
    for (const { bytes } of [made, read]) expect(bytes.buffer.byteLength).toBe(KEY_BYTES);
  } finally {
    db.close();
  }
});
