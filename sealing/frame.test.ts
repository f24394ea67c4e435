import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type FactDraft, readHeader } from '../domain/kernel/fact.ts';
import { seal, unseal, unwrapKey, wrapKey } from './cipher.ts';
import { headerHash } from './digest.ts';
import { makeFrame, openBody } from './frame.ts';
import { newSigningKey, signatureHolds, signerOf } from './signing.ts';

const signer = signerOf(newSigningKey());
const key = { id: 'k1', bytes: randomBytes(32) };
const draft: FactDraft = {
  type: 'incident.noted',
  v: 1,
  at: 1_000,
  about: ['incident:1'],
  replaces: [],
  body: { text: 'Taking blood thinners' },
};
const made = makeFrame(
  draft,
  {
    id: 'f1',
    org: 'o',
    site: 's',
    station: 'st',
    author: { position: null, session: null, by: 'u' },
    hlc: '000000000001-0000-st',
    head: { log: 'l', seq: 4, hash: headerHash('before') },
    key,
  },
  signer,
  randomBytes,
);

describe('a frame', () => {
  it('opens for who holds its key, chained onto the head it was given', () => {
    expect(signatureHolds(signer.publicKey, made.frame.h, made.frame.s)).toBe(true);
    const header = readHeader(made.frame.h);
    expect(header).toMatchObject({ seq: 5, prev: headerHash('before'), type: 'incident.noted' });
    expect(header && openBody(made.frame, header, key.bytes)).toEqual(draft.body);
    expect(made.head).toEqual({ log: 'l', seq: 5, hash: headerHash(made.frame.h) });
    expect(JSON.stringify(made.frame)).not.toContain('blood');
  });

  it('is not authentic with any byte of the header or signature changed, or under another key (ASVS 4.1.5)', () => {
    const other = signerOf(newSigningKey());
    expect(signatureHolds(other.publicKey, made.frame.h, made.frame.s)).toBe(false);
    const h = made.frame.h.replace('"seq":5', '"seq":6');
    expect(signatureHolds(signer.publicKey, h, made.frame.s)).toBe(false);
    for (let i = 0; i < 86; i += 7) {
      const s = made.frame.s.slice(0, i) + (made.frame.s[i] === 'A' ? 'B' : 'A') + made.frame.s.slice(i + 1);
      expect(signatureHolds(signer.publicKey, made.frame.h, s)).toBe(false);
    }
  });

  it('still verifies once its body is erased, and shows no other body in its place', () => {
    const erased = { ...made.frame, b: null };
    expect(signatureHolds(signer.publicKey, erased.h, erased.s)).toBe(true);
    const header = readHeader(erased.h);
    if (!header) return;
    expect(openBody(erased, header, key.bytes)).toBeUndefined();
    const forged = seal(key.bytes, Buffer.from('0123456789abcdef{"text":"other"}'), 'f1', randomBytes).toString(
      'base64url',
    );
    expect(openBody({ ...made.frame, b: forged }, header, key.bytes)).toBeUndefined();
    expect(openBody(made.frame, header, randomBytes(32))).toBeUndefined();
    expect(openBody(made.frame, header, null)).toBeUndefined();
  });
});

describe('keys of entities', () => {
  it('unwrap under the same site key and for the same entity only', () => {
    const siteKey = randomBytes(32);
    const about = { id: 'k1', entity: 'incident:1' as const, org: 'o', site: 's', under: 'sk1' };
    const envelope = wrapKey(siteKey, key.bytes, about, randomBytes);
    expect(unwrapKey(siteKey, envelope)).toEqual(key.bytes);
    expect(unwrapKey(randomBytes(32), envelope)).toBeNull();
    expect(unwrapKey(siteKey, { ...envelope, entity: 'incident:2' })).toBeNull();
  });

  it('authenticate their context (ASVS 11.3.3)', () => {
    const sealed = seal(key.bytes, Buffer.from('x'), 'a', randomBytes);
    expect(unseal(key.bytes, sealed, 'a')?.toString()).toBe('x');
    expect(unseal(key.bytes, sealed, 'b')).toBeNull();
    expect(unseal(key.bytes, sealed.subarray(0, 10), 'a')).toBeNull();
  });
});
