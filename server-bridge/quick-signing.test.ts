import { expect, it } from 'vitest';
import { newSigningKey, signatureHolds, signerOf } from '../sealing/signing.ts';
import { loadQuickSigning } from './quick-signing.ts';

const TEXTS = ['', 'a', 'Zoë → 911', 'x'.repeat(8_192)];

function flipped(signature: string, at: number): string {
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64url');
}

/** Keys of small order, and bytes that are no point: what libraries are known to judge differently. */
const ODD = [
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '00'.repeat(32),
  'ff'.repeat(32),
].map((hex) => Buffer.from(hex, 'hex'));

function judgments(key: string, publicKey: string): unknown {
  const signer = signerOf(key);
  const good = signer.sign('text');
  return {
    signatures: TEXTS.map((text) => signer.sign(text)),
    publicKey: signer.publicKey,
    own: TEXTS.map((text) => signatureHolds(signer.publicKey, text, signer.sign(text))),
    others: TEXTS.map((text) => signatureHolds(publicKey, text, signer.sign(text))),
    longer: TEXTS.map((text) => signatureHolds(signer.publicKey, `${text} `, signer.sign(text))),
    flipped: Array.from({ length: 64 }, (_, at) => signatureHolds(signer.publicKey, 'text', flipped(good, at))),
    none: ['', 'AAAA', `${good}AAAA`, 'not base64url!'].map((one) => signatureHolds(signer.publicKey, 'text', one)),
    noKey: ['', 'AAAA', `${signer.publicKey}AAAA`].map((one) => signatureHolds(one, 'text', good)),
    odd: ODD.flatMap((point) =>
      Array.from({ length: 16 }, (_, i) =>
        signatureHolds(
          point.toString('base64url'),
          `text ${i}`,
          Buffer.concat([point, Buffer.alloc(32)]).toString('base64url'),
        ),
      ),
    ),
  };
}

it('libsodium makes the same signatures as OpenSSL and judges every one alike', async () => {
  const [key, other] = [newSigningKey(), signerOf(newSigningKey()).publicKey];
  const early = signerOf(key);
  const before = judgments(key, other);
  expect(before).toMatchObject({ own: [true, true, true, true], others: [false, false, false, false] });
  await loadQuickSigning();
  expect(judgments(key, other)).toEqual(before);
  // A signer made before signs on with it.
  expect(early.sign('text')).toBe(signerOf(key).sign('text'));
});
