import { afterAll, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { startVerifiers } from './verifiers.ts';

const verifiers = startVerifiers(2);
afterAll(() => verifiers.stop());

it('says of each signature of a batch whether it holds, in their order, batches at once too', async () => {
  const [mine, other] = [signerOf(newSigningKey()), signerOf(newSigningKey())];
  const batch = (tag: string) =>
    Array.from({ length: 40 }, (_, i) => {
      const text = `${tag} ${i}`;
      const keys = i % 2 === 0 ? [other.publicKey, mine.publicKey] : [mine.publicKey];
      return { keys, text, signature: i % 5 === 0 ? other.sign(`not ${text}`) : mine.sign(text) };
    });
  const answers = await Promise.all(['a', 'b', 'c'].map((tag) => verifiers.verify(batch(tag))));
  const right = Array.from({ length: 40 }, (_, i) => i % 5 !== 0);
  expect(answers).toEqual([right, right, right]);
  expect(await verifiers.verify(batch('d').slice(0, 2))).toEqual([false, true]);
});
