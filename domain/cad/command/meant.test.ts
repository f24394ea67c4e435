import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { parseCommand } from './parse.ts';
import { VERBS } from './verbs.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

let at: Console;
let words: Vocabulary;
const { run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
  run('D M36 0001');
  words = vocabularyOf(at.world, at.means.now);
});

/** The lines that Tab goes through. */
const offered = (line: string): readonly string[] => {
  const parsed = parseCommand(line, words);
  return parsed.kind === 'needs' && parsed.what === 'command' ? parsed.choices.map((choice) => choice.line) : [];
};

describe('a word that is no command', () => {
  it('is answered with the one that is meant, which Tab puts in its place', () => {
    expect(run('ENR M36')).toBe('needs.command: There is no command “ENR”. Nearest: ER, en route');
    for (const [typed, meant] of [
      ['ENR M36', 'ER M36'],
      ['en m36', 'ER m36'],
      ['ENROUTE M36', 'ER M36'],
      ['ARR M36', 'OS M36'],
      ['ONS M36', 'OS M36'],
      ['AVAIL M36', 'AV M36'],
      ['CLR M36', 'C M36'],
      ['CL 0001 TRANS', 'C 0001 TRANS'],
      ['DISPTACH M14 0001', 'D M14 0001'],
      ['PRI 0001 2', 'P 0001 2'],
      ['REM 0001 gate code', 'N 0001 gate code'],
      ['M36 ENR', 'M36 ER'],
      ['M36,E06 ARR 0001', 'M36,E06 OS 0001'],
    ])
      expect([typed, offered(typed ?? '')]).toEqual([typed, [meant]]);
    expect(offered('DISP M14 0001')).toEqual(['D M14 0001', 'DP M14 0001']);
    expect(offered('TRANS M36 MERCY')).toEqual(['TR M36 MERCY', 'TC M36 MERCY']);
  });

  it('is answered with the command that opens a call where it means to begin one', () => {
    for (const word of ['NC', 'ev', 'CFS']) {
      expect(offered(`${word} 55 Laguna/FALL`)).toEqual(['NEW 55 Laguna/FALL']);
      expect(run(`${word} 55 Laguna`)).toMatch(/^needs.command: .* Nearest: NEW, open a call, without its form$/);
    }
  });

  it('is answered with no guess where nothing is like it, or where a unit begins so', () => {
    for (const line of ['FOO M36', '8 M36', 'Q', 'XYZZY', '__proto__ M36', 'constructor M36'])
      expect(run(line)).toMatch(/^command.unknown: There is no command “.*”\. \? lists them\.$/);
    const roster = words.units().map((unit, n) => (n === 0 ? { ...unit, callsign: 'MERC12' } : unit));
    expect(parseCommand('MER', { ...words, units: () => roster })).toMatchObject({ kind: 'refused' });
    expect(offered('MER 0001 0002')).toEqual(['M 0001 0002']);
  });

  it('is never one that is read', () => {
    for (const { verb, also } of VERBS)
      for (const word of [verb, ...also]) expect([word, offered(word)]).toEqual([word, []]);
  });
});
