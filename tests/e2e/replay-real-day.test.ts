/** A real day, replayed through an outage. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { replay } from './replaying.ts';

const REAL_DAY = fileURLToPath(new URL('../../../shared/data/sffd/2020-04-09.csv', import.meta.url));

describe.skipIf(!existsSync(REAL_DAY))('a real day', () => {
  it('goes in through an outage and is the same afterwards', async () => {
    const played = await replay(REAL_DAY, '--outage');
    expect(played.out).toContain('831 rows, 446 incidents, 0 different');
    expect(played.code).toBe(0);
    // A whole day: minutes, and several times that on a busy machine.
  }, 600_000);
});
