import { expect, it } from 'vitest';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { quickSignerOf } from './quick-signer.ts';

it('signs as every station can check, byte for byte as the plain signer does', () => {
  const key = newSigningKey();
  const [plain, quick] = [signerOf(key), quickSignerOf(key)];
  expect(quick.publicKey).toBe(plain.publicKey);
  for (const text of ['', 'qd.ack.1|e|log|7|', 'Zoë → 911', 'x'.repeat(8_192)]) {
    expect(quick.sign(text)).toBe(plain.sign(text));
    expect(signatureHolds(plain.publicKey, text, quick.sign(text))).toBe(true);
  }
});
