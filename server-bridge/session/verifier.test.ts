import { hash } from '@node-rs/argon2';
import { expect, it } from 'vitest';
import { argon2Verifier } from './verifier.ts';

it('takes a password in every form that the center takes it in', async () => {
  const typed = ['ﬁve mugs of coﬀee at ①', 'five mugs of coffee at 1', 'ｆｉｖｅ mugs of coffee at 1'];
  for (const first of typed) {
    const verifier = await argon2Verifier.of(first);
    for (const later of typed) expect(await argon2Verifier.holds(verifier, later), `${first}, ${later}`).toBe(true);
    expect(await argon2Verifier.holds(verifier, 'five mugs of coffee at 2')).toBe(false);
  }
});

it('goes on taking what a verifier of before was made of', async () => {
  const verifier = await hash('ﬁve mugs of coﬀee'.normalize('NFC'));
  expect(await argon2Verifier.holds(verifier, 'ﬁve mugs of coﬀee')).toBe(true);
  expect(await argon2Verifier.holds('no verifier', 'ﬁve mugs of coﬀee')).toBe(false);
});
