import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../http/problem.ts';
import { makePasswords } from './passwords.ts';

function thrown(act: () => void): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

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

  it('leaves room for facts however many sign in at once, and turns away who would wait too long (ASVS 15.2.2, 15.4.4)', async () => {
    const passwords = makePasswords(undefined, 20);
    const kept = await passwords.hash('kelp forests in the fog');
    let settled = 0;
    const asked = Array.from({ length: 24 }, () =>
      passwords.holds(kept, 'another one').finally(() => {
        settled++;
      }),
    );
    expect(thrown(passwords.mustHaveRoom)).toBeInstanceOf(Problem);
    expect(thrown(passwords.mustHaveRoom)).toMatchObject({ status: 503, code: 'center.busy', retryAfter: 1 });
    // What a workstation sends is unpacked by the same threads.
    await promisify(gunzip)(gzipSync('x'));
    expect(settled).toBeLessThan(12);
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 24 }, () => false));

    passwords.mustHaveRoom();
    expect(await passwords.holds(kept, 'kelp forests in the fog')).toBe(true);
  });
});
