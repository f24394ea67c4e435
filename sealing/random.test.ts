import { describe, expect, it } from 'vitest';
import { seal, unseal } from './cipher.ts';
import { systemRandom } from './random.ts';

/** How many bits of a byte are set. */
const ONES = Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

describe('randomness', () => {
  it('never gives the same twice, nor leans to either side, however much is asked of it at once (ASVS 11.5.2)', async () => {
    const pools = Array.from({ length: 32 }, systemRandom);
    const seen = new Set<string>();
    let ones = 0;
    const draw = async (random: ReturnType<typeof systemRandom>): Promise<void> => {
      for (let i = 0; i < 1_000; i++) {
        const bytes = random(16);
        seen.add(Buffer.from(bytes).toString('base64'));
        for (const byte of bytes) ones += ONES[byte] ?? Number.NaN;
        if (i % 100 === 0) await new Promise(setImmediate);
      }
    };
    await Promise.all(pools.map(draw));
    const bits = 32 * 1_000 * 128;
    expect(seen.size).toBe(32 * 1_000);
    // Ten standard deviations of a fair coin.
    expect(Math.abs(ones - bits / 2)).toBeLessThan(10 * Math.sqrt(bits / 4));
    expect(pools[0]?.(20_000)).toHaveLength(20_000);
  });

  it('keeps nothing of what it gave: writing into it changes nothing that comes after', () => {
    const random = systemRandom();
    const first = Buffer.from(random(32));
    const again = random(32);
    again.fill(0);
    expect(Buffer.from(random(32)).equals(first)).toBe(false);
    expect(Buffer.from(random(32)).every((byte) => byte === 0)).toBe(false);
  });
});

describe('sealing', () => {
  it('takes 12 fresh bytes as the nonce of each text, whatever the key: no two are sealed alike (ASVS 11.3.4)', () => {
    const random = systemRandom();
    const asked: number[] = [];
    const counted = (length: number): Uint8Array => {
      asked.push(length);
      return random(length);
    };
    const key = random(32);
    const nonces = new Set<string>();
    const same = Buffer.from('the same text');
    for (let i = 0; i < 20_000; i++) {
      nonces.add(seal(key, same, 'the same place', counted).subarray(0, 12).toString('base64'));
    }
    expect(nonces.size).toBe(20_000);
    expect(new Set(asked)).toEqual(new Set([12]));
    expect(asked).toHaveLength(20_000);
    expect(unseal(key, seal(key, same, 'the same place', counted), 'the same place')?.toString()).toBe('the same text');
  });
});
