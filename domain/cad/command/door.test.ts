/** The door of the command line: every verb and every kind of status, with words that are not what they have to be. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CALLS } from '../../bridge/calls.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { completeCommand } from './complete.ts';
import { parseCommand } from './parse.ts';
import type { Parsed } from './reading.ts';
import { decideCommand } from './run.ts';
import { VERBS, type WordKind } from './verbs.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** An incident or unit of somebody else: of a form that is right, and known to nobody here. */
const FOREIGN = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
const GOOD: { readonly [K in WordKind]: string } = {
  unit: 'M36',
  incident: '0001',
  hospital: 'MERCY',
  patients: '2',
  agency: 'HCFD',
  number: '26-4411',
  reason: 'restock',
  post: 'P7',
  disposition: 'TRANS',
  nature: 'FALL',
  priority: '2',
  alarm: '2',
  text: 'gate code',
  time: '0401',
  status: 'OS',
};
/** What stands for no word of a kind. A kind that is new needs a row here; free text is never wrong. */
const WRONG: { readonly [K in WordKind]: readonly string[] } = {
  unit: ['Z99', 'M36;', '../m36', '-', '{}', '__proto__', 'Mé36', FOREIGN, 'unit:m36', 'm36,Z99'],
  incident: ['9999', '99-K9999', '-1', '0001;', '1e3', 'constructor', FOREIGN, 'incident:k1', 'k1'],
  hospital: ['Z', 'MERCY;', '-', 'facility:mercy', FOREIGN],
  patients: ['0', '21', '-1', '1.5', 'two', '２', FOREIGN],
  agency: ['Z', '-', 'HCFD;', '__proto__', FOREIGN],
  number: ['9'.repeat(65)],
  post: [],
  disposition: ['Z', '-', 'TRANS;', '__proto__', FOREIGN],
  nature: ['Z', '-', 'FALL;', '__proto__', FOREIGN],
  alarm: ['0', '21', '-1', '1.5', 'two', '２', FOREIGN],
  priority: ['0', '5', '-1', '1.0', '11', 'high', '１'],
  time: ['2599', '2460', '-1', '1', '14:2', '14:02:60', '1402Z', 'now', FOREIGN],
  status: ['ZZ', '-', 'OS;', 'constructor', '__proto__', FOREIGN],
  reason: [],
  text: [],
};
/** The forms of each verb, and of a status by what it asks. Every word that a verb takes is in one of them. */
const FORMS: { readonly [name: string]: readonly string[] } = {
  NEW: ['text nature', 'text nature text'],
  D: ['unit incident'],
  X: ['unit incident reason'],
  MV: ['unit incident'],
  SW: ['unit unit'],
  EM: ['unit'],
  PT: ['unit incident patients', 'unit patients'],
  NX: ['unit incident'],
  C: ['incident disposition', 'unit'],
  RO: ['incident reason'],
  N: ['incident text'],
  P: ['incident priority'],
  LOC: ['incident text'],
  NAT: ['incident nature'],
  LV: ['incident alarm'],
  CB: ['incident text'],
  CN: ['incident text'],
  PI: ['incident text'],
  H: ['incident reason'],
  NR: ['incident agency number', 'unit number', 'unit incident number'],
  L: ['incident incident'],
  FIND: ['text'],
  UL: ['incident incident'],
  M: ['incident incident'],
  UM: ['incident'],
  SETTLE: ['unit text', 'incident text'],
  CONFIRM: ['unit text', 'incident text'],
  SETASIDE: ['unit text', 'incident text'],
  T: ['unit incident status time reason', 'unit status time reason'],
  '?': ['text'],
  nothing: ['unit incident'],
  hospital: ['unit hospital'],
  reason: ['unit reason'],
  post: ['unit post'],
};
/** After these anything may follow, as text. */
const OPEN_ENDED: ReadonlySet<WordKind> = new Set(['reason', 'text', 'post', 'hospital', 'disposition', 'nature']);

let at: Console;
let words: Vocabulary;
beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
  for (const text of ['1200 Oak St', '9 Elm St'])
    act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
  for (const line of ['D M36 0001', 'D M14 0002']) {
    const sent = decideCommand({ line, selected: null, confirm: true }, at.world, at.means);
    if (!sent.ok) throw new Error(sent.refusal.message);
    at.append(sent.value.drafts);
  }
  words = vocabularyOf(at.world, at.means.now);
});

/** Each form of the verbs and statuses that are declared, with the code of a status for what it asks. */
function declaredForms(): readonly { readonly verb: string; readonly kinds: readonly WordKind[] }[] {
  const console = createConsole('k', TEST_ROSTER);
  const statuses = new Map(
    vocabularyOf(console.world, console.means.now)
      .units()
      .flatMap((unit) => unit.statuses.map((status) => [status.asks, status.code])),
  );
  const verbs = [...VERBS.map(({ verb }) => [verb, verb] as const), ...statuses];
  return verbs.flatMap(([name, verb]) =>
    (FORMS[name] ?? []).map((form) => ({ verb, kinds: form.split(' ') as WordKind[] })),
  );
}

/** The words of a form. Of two of a kind the second is another. */
function wordsFor(kinds: readonly WordKind[]): string[] {
  return kinds.map((kind, i) => {
    const second = kinds.indexOf(kind) < i;
    return second ? (kind === 'unit' ? 'M14' : '0002') : GOOD[kind];
  });
}

/** That what is called is called with what the call takes, and about what is here. */
function sound(line: string, parsed: Parsed): void {
  if (parsed.kind !== 'calls') return;
  for (const { name, input } of parsed.calls) {
    expect(CALLS[name].input.safeParse(input).success, line).toBe(true);
    const fields = input as { readonly [field: string]: unknown };
    for (const field of ['incident', 'other', 'into', 'to', 'unit', 'with']) {
      if (field in fields) expect(['k1', 'k2', 'm36', 'm14'], `${line}: ${field}`).toContain(fields[field]);
    }
  }
}

it('has a form here for every verb with every kind of word that it takes, and for what each status asks', () => {
  for (const { verb, takes } of VERBS) {
    const kinds = new Set((FORMS[verb] ?? []).flatMap((form) => form.split(' ')));
    expect([...kinds].sort(), verb).toEqual([...takes].sort());
  }
  const asked = words.units().flatMap((unit) => unit.statuses.map((status) => status.asks));
  expect([...new Set(asked)].filter((asks) => FORMS[asks] === undefined)).toEqual([]);
});

/** A slash stands between what a new call is said with, a space between any other words. */
const typed = (verb: string, said: readonly string[]): string => `${verb} ${said.join(verb === 'NEW' ? '/' : ' ')}`;

/** What some come to that call nothing: at this console nothing is to be settled. */
const SAYS: { readonly [verb: string]: Parsed['kind'] } = {
  '?': 'find',
  FIND: 'find',
  SETTLE: 'refused',
  CONFIRM: 'refused',
  SETASIDE: 'refused',
};

describe.each(declaredForms())('$verb $kinds', ({ verb, kinds }) => {
  const good = wordsFor(kinds);
  const read = (line: string): Parsed => parseCommand(line, words);

  it('is understood with the words that it takes', () => {
    const line = typed(verb, good);
    expect(read(line).kind, line).toBe(SAYS[verb] ?? 'calls');
    sound(line, read(line));
  });

  it('does nothing without a word, or with a word that is another', () => {
    const free = kinds.some((kind) => OPEN_ENDED.has(kind));
    if (verb !== '?') expect(read(verb).kind).not.toBe('calls');
    for (const [i, kind] of kinds.entries()) {
      for (const wrong of WRONG[kind]) {
        const line = typed(verb, good.with(i, wrong));
        const parsed = read(line);
        // Before free text a word that names nothing is the beginning of it.
        if (i > 0 && kind === 'incident' && free) sound(line, parsed);
        else expect(parsed.kind, line).not.toBe('calls');
        expect(decideCommand({ line, selected: 'nobody' }, at.world, at.means).ok && !free, line).toBe(false);
      }
    }
  });

  it('takes no word more than it says, and none that is not text', () => {
    const line = typed(verb, good);
    const last = kinds.at(-1);
    if (last !== undefined && !OPEN_ENDED.has(last)) {
      for (const more of ['more', '-', FOREIGN])
        expect(read(`${line} ${more}`).kind, `${line} ${more}`).not.toBe('calls');
    }
    expect(read(line.replaceAll(' ', '\u0000\u001b\n\t'))).toMatchObject({ kind: read(line).kind });
    for (const unreadable of ['\u202e', '\ud800', '\u2066']) {
      expect(read(`${line} ${unreadable}`)).toMatchObject({ kind: 'refused', refusal: { code: 'text.control' } });
    }
    const endless = `${line} ${'x'.repeat(10_000_000)}`;
    expect(read(endless)).toMatchObject({ kind: 'refused', refusal: { code: 'command.too_long' } });
    expect(completeCommand(endless, words)).toEqual([]);
  });
});
