import { describe, expect, it } from 'vitest';
import { acceptablePassword, type PasswordOwner } from './passwords.ts';

const OWNER: PasswordOwner = {
  login: 'maria.delgado',
  name: 'Maria Delgado',
  organisation: ['harbor', 'Harbor County'],
};
const said = (password: string, atLeast = 15): string => {
  const outcome = acceptablePassword(password, OWNER, atLeast);
  return outcome.ok ? 'ok' : `${outcome.refusal.code}: ${outcome.refusal.message}`;
};

describe('a password', () => {
  it('may be any words and any characters, up to a thousand (ASVS 6.2.5, 6.2.9)', () => {
    for (const good of [
      'gulls over pier nine',
      'tide tables and lanterns',
      'correct horse battery staple',
      'пятнадцать синих лодок',
      '静かな港に十五隻の船が並んでいる朝',
      'x7$k!Qw2zP0v_u9r',
      '🐟🐠🐡🦈🐳🐋🐬🦭🐚🦀🦞🦐🦑🐙🪼',
      'maria rows to the lighthouse',
      `${'long '.repeat(10)}sentences about tide tables and lanterns at dawn`.padEnd(
        1_000,
        ' and so on, as the gulls say',
      ),
    ]) {
      expect([good.slice(0, 20), said(good)]).toEqual([good.slice(0, 20), 'ok']);
    }
  });

  it('is counted in characters, as they are composed', () => {
    expect(said('fourteen chars')).toMatch(/^password\.short: .*15 characters/);
    expect(said('fifteen chars!!')).toBe('ok');
    // Twelve letters, each with an accent of its own in Unicode: not 24.
    expect(said('e\u0301'.repeat(12))).toMatch(/^password\.short/);
    expect(said('eight ch', 8)).toBe('ok');
    expect(said('x'.repeat(1_025))).toMatch(/^password\.long/);
  });

  it('is none of those that are tried first, and is refused with the reason (ASVS 6.2.4, 6.2.11)', () => {
    for (const [password, why] of [
      ['1234567890123456', /one piece|runs along/],
      ['passwordpassword', /one piece|tried first/],
      ['password123password123', /one piece/],
      ['aaaaaaaaaaaaaaaa', /few characters/],
      ['qwertyuiopasdfghjkl', /runs along|tried first/],
      ['abcdefghijklmnop', /runs along/],
      ['zyxwvutsrqponmlk', /runs along/],
      ['1qaz2wsx3edc4rfv', /runs along|tried first/],
      ['maria.delgado2026', /your user name/],
      ['Maria Delgado 911', /your user name/],
      ['harborcounty2026!', /organisation/],
      ['QuantumDispatch!1', /product/],
    ] as const) {
      expect([password, said(password)]).toEqual([password, expect.stringMatching(/^password\.guessable: /)]);
      expect(said(password)).toMatch(why);
    }
    expect(said('sunshine', 8)).toMatch(/tried first/);
    expect(said('Sunshine1', 8)).toMatch(/tried first/);
  });
});
