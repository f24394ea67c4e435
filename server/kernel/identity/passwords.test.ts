import { describe, expect, it } from 'vitest';
import { makePasswords } from './passwords.ts';

describe('a password as it is kept', () => {
  it('is argon2id with the memory and turns that OWASP asks for first, salted anew each time (ASVS 11.4.4)', async () => {
    const passwords = makePasswords();
    const [one, two] = [
      await passwords.hash('kelp forests in the fog'),
      await passwords.hash('kelp forests in the fog'),
    ];
    const kept = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(one);
    const [, memory, turns, lanes, salt = '', tag = ''] = kept ?? [];
    expect(Number(memory)).toBeGreaterThanOrEqual(19_456);
    expect(Number(turns)).toBeGreaterThanOrEqual(2);
    expect(Number(lanes)).toBe(1);
    expect(Buffer.from(salt, 'base64').length).toBeGreaterThanOrEqual(16);
    expect(Buffer.from(tag, 'base64').length).toBeGreaterThanOrEqual(32);
    expect(two).not.toBe(one);
    expect(await passwords.holds(two, 'kelp forests in the fog')).toBe(true);
  });

  it('is checked whole and as it is written: no letter counts for another, none is left out at the end', async () => {
    const passwords = makePasswords();
    const long = 'a'.repeat(1_023);
    const kept = await passwords.hash(`${long}b`);
    for (const other of [`${long}c`, long, `${long}B`, `${long}b `])
      expect(await passwords.holds(kept, other)).toBe(false);
    expect(await passwords.holds(kept, `${long}b`)).toBe(true);
  });
});
