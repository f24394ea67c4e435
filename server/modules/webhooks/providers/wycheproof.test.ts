/** Project Wycheproof's vectors against what webhooks are known by. Skipped where the shared data is not beside the clone. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from './hmac.ts';
import { ed25519Holds } from './telnyx.ts';

const DATA = new URL('../../../../../shared/data/wycheproof/', import.meta.url);

interface Group {
  readonly publicKey?: { readonly pk: string };
  readonly tagSize?: number;
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly key?: string;
    readonly sig?: string;
    readonly tag?: string;
    readonly result: string;
  }[];
}

const groups = (name: string): readonly Group[] =>
  (JSON.parse(readFileSync(new URL(name, DATA), 'utf8')) as { readonly testGroups: readonly Group[] }).testGroups;

describe.skipIf(!existsSync(DATA))('Wycheproof', () => {
  it('Ed25519: every valid signature of any bytes holds and no other does', () => {
    let checked = 0;
    for (const { publicKey, tests } of groups('ed25519_test.json')) {
      const key = Buffer.from(publicKey?.pk ?? '', 'hex').toString('base64');
      for (const { tcId, msg, sig, result } of tests) {
        const holds = ed25519Holds(key, Buffer.from(msg, 'hex'), Buffer.from(sig ?? '', 'hex').toString('base64'));
        expect(holds, `case ${tcId}`).toBe(result === 'valid');
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('HMAC-SHA256: makes every valid tag and no other (ASVS 11.4.1)', () => {
    let checked = 0;
    for (const { tagSize = 256, tests } of groups('hmac_sha256_test.json')) {
      for (const { tcId, key, msg, tag, result } of tests) {
        const made = Buffer.from(hmacSha256(Buffer.from(key ?? '', 'hex'), Buffer.from(msg, 'hex'))).subarray(
          0,
          tagSize / 8,
        );
        expect(made.toString('hex') === tag, `case ${tcId}`).toBe(result === 'valid');
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});
