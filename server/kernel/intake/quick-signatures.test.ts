import { expect, it } from 'vitest';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { signatureHoldsQuickly } from './quick-signatures.ts';

const [mine, other] = [signerOf(newSigningKey()), signerOf(newSigningKey())];
const flipped = (signature: string, at: number): string => {
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64url');
};

it('takes what the key signed, whatever the text', () => {
  for (const text of ['', 'a', 'Zoë → 911', 'x'.repeat(8_192)]) {
    expect(signatureHoldsQuickly(mine.publicKey, text, mine.sign(text))).toBe(true);
    expect(signatureHoldsQuickly(other.publicKey, text, mine.sign(text))).toBe(false);
    expect(signatureHoldsQuickly(mine.publicKey, `${text} `, mine.sign(text))).toBe(false);
  }
});

it('takes no signature with one bit changed, and nothing that is none', () => {
  const good = mine.sign('text');
  for (let at = 0; at < 64; at++) expect(signatureHoldsQuickly(mine.publicKey, 'text', flipped(good, at))).toBe(false);
  for (const signature of ['', 'AAAA', `${good}AAAA`, 'not base64url!'])
    expect(signatureHoldsQuickly(mine.publicKey, 'text', signature)).toBe(false);
  for (const key of ['', 'AAAA', `${mine.publicKey}AAAA`]) expect(signatureHoldsQuickly(key, 'text', good)).toBe(false);
});

it('judges keys of small order and those that are no point as a station does', () => {
  const identity = `01${'00'.repeat(31)}`;
  const orderEight = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
  for (const hex of [identity, orderEight, '00'.repeat(32), 'ff'.repeat(32)]) {
    const key = Buffer.from(hex, 'hex');
    for (let i = 0; i < 16; i++) {
      const signature = Buffer.concat([key, Buffer.alloc(32)]).toString('base64url');
      const asked = [key.toString('base64url'), `text ${i}`, signature] as const;
      expect(signatureHoldsQuickly(...asked)).toBe(signatureHolds(...asked));
    }
  }
});
