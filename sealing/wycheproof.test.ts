/** Project Wycheproof's vectors against the code paths that seal and sign. Skipped where the shared data is not beside the clone. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unseal } from './cipher.ts';
import { hkdfSha256 } from './derive.ts';
import { signatureHolds, signerOf } from './signing.ts';

const DATA = new URL('../../shared/data/wycheproof/', import.meta.url);
const present = existsSync(DATA);

interface Vectors<G> {
  readonly testGroups: readonly G[];
}

function vectors<G>(name: string): readonly G[] {
  return (JSON.parse(readFileSync(new URL(name, DATA), 'utf8')) as Vectors<G>).testGroups;
}

describe.skipIf(!present)('Wycheproof', () => {
  it('Ed25519: every valid signature holds and no other does (ASVS 11.2.3, 11.6.1)', () => {
    interface Group {
      readonly publicKey: { readonly pk: string };
      readonly tests: readonly {
        readonly tcId: number;
        readonly msg: string;
        readonly sig: string;
        readonly result: string;
      }[];
    }
    let checked = 0;
    for (const group of vectors<Group>('ed25519_test.json')) {
      const key = Buffer.from(group.publicKey.pk, 'hex').toString('base64url');
      for (const test of group.tests) {
        const text = Buffer.from(test.msg, 'hex');
        // Signed texts are UTF-8; a vector whose bytes are not is outside of what this function can be asked.
        if (!Buffer.from(text.toString('utf8'), 'utf8').equals(text)) continue;
        const holds = signatureHolds(key, text.toString('utf8'), Buffer.from(test.sig, 'hex').toString('base64url'));
        expect(holds, `case ${test.tcId}`).toBe(test.result === 'valid');
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  it('AES-256-GCM: opens what is valid and nothing else (ASVS 11.2.1, 11.2.5, 11.3.1, 11.3.2)', () => {
    interface Group {
      readonly keySize: number;
      readonly ivSize: number;
      readonly tagSize: number;
      readonly tests: readonly {
        readonly tcId: number;
        readonly key: string;
        readonly iv: string;
        readonly aad: string;
        readonly msg: string;
        readonly ct: string;
        readonly tag: string;
        readonly result: string;
      }[];
    }
    let checked = 0;
    for (const group of vectors<Group>('aes_gcm_test.json')) {
      if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) continue;
      for (const test of group.tests) {
        const context = Buffer.from(test.aad, 'hex');
        if (!Buffer.from(context.toString('utf8'), 'utf8').equals(context)) continue;
        const sealed = Buffer.concat([test.iv, test.ct, test.tag].map((hex) => Buffer.from(hex, 'hex')));
        const plain = unseal(Buffer.from(test.key, 'hex'), sealed, context.toString('utf8'));
        expect(plain?.toString('hex') ?? null, `case ${test.tcId}`).toBe(test.result === 'valid' ? test.msg : null);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(10);
  });

  it('HKDF-SHA256: derives what is valid, and refuses what is too long', () => {
    interface Group {
      readonly tests: readonly {
        readonly tcId: number;
        readonly ikm: string;
        readonly salt: string;
        readonly info: string;
        readonly size: number;
        readonly okm: string;
        readonly result: string;
      }[];
    }
    let checked = 0;
    for (const { tests } of vectors<Group>('hkdf_sha256_test.json')) {
      for (const { tcId, ikm, salt, info, size, okm, result } of tests) {
        const [secret, salted, named] = [ikm, salt, info].map((hex) => Buffer.from(hex, 'hex')) as [
          Buffer,
          Buffer,
          Buffer,
        ];
        const derive = () => hkdfSha256(secret, salted, named, size).toString('hex');
        if (result === 'valid') expect(derive(), `case ${tcId}`).toBe(okm);
        else expect(derive, `case ${tcId}`).toThrow();
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  it('signs what it says it signs', () => {
    expect(() => signerOf('AAAA')).toThrow();
  });
});
