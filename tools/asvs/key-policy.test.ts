import { describe, expect, it } from 'vitest';
import { KeyLevelSchema, KeysOutSchema } from '../../domain/identity/api/keys.ts';
import { CRYPTOPERIODS } from '../../domain/identity/cryptoperiod.ts';
import { codesIn, found, readPage, rowsOf, sources } from '../testing/written.ts';

const policy = readPage('docs/security/keys.md');
const practices = readPage('docs/security/practices.md');

describe('the key policy', () => {
  it('has every key, its kind, who holds it, for how long and what comes after (ASVS 11.1.1)', () => {
    const derived = found(sources('server'), /\.derived\('([^']+)'\)/g);
    expect(derived.length).toBeGreaterThan(0);
    const rows = rowsOf(policy, 'Every key');
    const named = rows.flatMap(([key = '']) => codesIn(key));
    expect([...named].sort()).toEqual([...KeyLevelSchema.options, ...derived].sort());
    for (const row of rows)
      expect(
        row.filter((cell) => cell !== ''),
        row[0],
      ).toHaveLength(5);
    // One purpose each, in the words of SP 800-57.
    for (const [key, kind = ''] of rows)
      expect(kind, key).toMatch(
        /^(symmetric (key-wrapping|data-encryption|authentication)|private signature|ephemeral key-agreement)/,
      );
  });

  it('has the states that a key can be in, and no other', () => {
    const states = KeysOutSchema.shape.keys.element.shape.state.options;
    const written = rowsOf(policy, 'States').flatMap(([, here = '']) => codesIn(here));
    expect(written.filter((code) => code !== 'keys.destroyed').sort()).toEqual([...states].sort());
  });

  it('gives each key the time that is counted for it (ASVS 13.3.4)', () => {
    const written = new Map(
      rowsOf(policy, 'Every key').flatMap(([key = '', , , until = '']) => codesIn(key).map((level) => [level, until])),
    );
    for (const level of KeyLevelSchema.options) {
      const period = CRYPTOPERIODS[level];
      expect([level, written.get(level)?.startsWith('a year')]).toEqual([level, period !== null]);
      if (period !== null) expect(period).toBe(365 * 24 * 60 * 60 * 1_000);
    }
  });

  it('gives no key more time than the practices do', () => {
    const times = new Map(rowsOf(practices, 'Secrets').map(([secret = '', , when = '']) => [codesIn(secret)[0], when]));
    for (const [key = '', , , until = ''] of rowsOf(policy, 'Every key'))
      for (const level of codesIn(key))
        if (until.startsWith('a year')) expect(times.get(level), level).toMatch(/^each year/);
  });
});
