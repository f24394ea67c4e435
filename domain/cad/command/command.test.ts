import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IncidentRow, UnitRow } from '../../bridge/topics.ts';
import { entityRef } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { DEFAULT_STATUSES } from '../status.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, saidOf, typedAt } from '../testing/typed-lines.ts';
import { incidentRow } from '../views/incident-row.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { completeCommand } from './complete.ts';
import { parseCommand } from './parse.ts';
import { decideCommand } from './run.ts';
import { VERBS } from './verbs.ts';
import { type Vocabulary, vocabularyOf, vocabularyOfRows } from './vocabulary.ts';

let at: Console;
let words: Vocabulary;
const { ghost, run } = typedAt(() => at);
type Callsigned = NonNullable<typeof TEST_ROSTER.roster_unit>[string];
const X = 'k1';
const Y = 'k2';

beforeEach(() => {
  at = atTwoCalls();
  words = vocabularyOf(at.world, at.means.now);
});

describe('the command line', () => {
  it('says in plain words what will happen, then does it and echoes', () => {
    expect(ghost('D M36,E06 0001')).toBe('Send M36 and E06 to 26-K0001, Chest pain, 1200 Oak St');
    expect(run('D M36,E06 0001')).toBe('M36 and E06 dispatched 26-K0001');
    expect(ghost('M36 ER')).toBe('M36 en route 26-K0001');
    expect(run('m36 er')).toBe('M36 en route 26-K0001');
    expect(run('TR M36 MERCY')).toBe('M36 transporting to Mercy General 26-K0001');
    expect(run('AV M36')).toBe('M36 available 26-K0001');
    expect(run('X E06 0001 not needed')).toBe('E06 canceled 26-K0001');
  });

  it('reads verb first, unit first and incident first alike', () => {
    const reading = ['D M36 0001', 'M36 D 0001', '0001 D M36', 'dispatch m36 0001'].map((line) =>
      parseCommand(line, words),
    );
    for (const one of reading) expect(one).toEqual(reading[0]);
    expect(reading[0]).toMatchObject({
      kind: 'calls',
      calls: [{ name: 'unit.dispatch', input: { incident: X, units: ['m36'] } }],
    });
    expect(ghost('0001 N gate code 4411')).toBe('Note on 26-K0001: gate code 4411');
    run('D M36 0001');
    const time = ghost('T M36 0001 OS 0001');
    expect(time).toMatch(/^Record .* of M36 on 26-K0001: 00:01/);
    for (const line of ['T 0001 M36 OS 0001', 'M36 T 0001 OS 0001', '0001 T M36 OS 0001'])
      expect(ghost(line), line).toBe(time);
    expect(ghost('T 0001 CALL 0001')).toMatch(/ of 26-K0001: 00:01/);
  });

  it('names the way out where a time is of an incident that the unit has not been on', () => {
    run('D M36 0001');
    run('C M36');
    expect(run('T M36 OS 0001 said by radio', Y)).toBe(
      'unit.never_on: M36 has not been on 26-K0002. It was on 26-K0001 last: T M36 26-K0001.',
    );
    expect(run('T E06 OS 0001 said by radio', Y)).toBe(
      'unit.never_on: E06 has not been on 26-K0002. Name the incident that it was on: T E06 10418 OS 1402.',
    );
    expect(run('T M36 0001 OS 0001 said by radio', Y)).toMatch(/^M36 on 26-K0001 on scene amended/);
  });

  it('says an agency’s own code for what another calls otherwise', () => {
    const statuses = [
      ...DEFAULT_STATUSES.filter(({ code }) => code !== 'ER' && code !== 'PO'),
      { ...(DEFAULT_STATUSES[3] as (typeof DEFAULT_STATUSES)[number]), code: 'RS', label: 'responding' },
    ];
    const e06 = { ...(TEST_ROSTER.roster_unit?.e06 as Callsigned), agency: 'fire' };
    at = createConsole('k', {
      ...TEST_ROSTER,
      roster_unit: { ...TEST_ROSTER.roster_unit, e06 },
      status_set: { s: { agency: 'fire', statuses } },
    });
    act('incident.open', { location: { text: '9 Elm St' } }, at);
    run('D M36,E06 0001', null, true);
    expect(run('ER M36,E06')).toBe('status.unknown: E06 has no status ER. Its agency says RS, responding.');
    expect(run('PO E06 P7')).toMatch(/^status.unknown: E06 has no status PO. It has AV, DP, AK, /);
    expect(run('RS M36')).toBe('status.unknown: M36 has no status RS. Its agency says ER, en route.');
    expect(run('RS E06')).toBe('E06 responding 26-K0001');
  });

  it('is the status of a unit whose agency had the code before it became a command, where nothing else is said', () => {
    const statuses = [
      ...DEFAULT_STATUSES,
      { ...(DEFAULT_STATUSES[3] as (typeof DEFAULT_STATUSES)[number]), code: 'NR', label: 'not ready' },
    ];
    const e06 = { ...(TEST_ROSTER.roster_unit?.e06 as Callsigned), agency: 'hcfd' };
    at = createConsole('k', {
      ...TEST_ROSTER,
      roster_unit: { ...TEST_ROSTER.roster_unit, e06 },
      status_set: { s: { agency: 'hcfd', statuses } },
    });
    act('incident.open', { location: { text: '9 Elm St' } }, at);
    run('D M36,E06 0001', null, true);
    expect(run('E06 NR')).toBe('E06 not ready 26-K0001');
    expect(run('OS E06')).toBe('E06 on scene 26-K0001');
    expect(run('nr e6')).toBe('E06 not ready 26-K0001');
    expect(run('NR E06 4411')).toBe('26-K0001 HCFD number 4411');
    expect(run('NR M36')).toMatch(/^needs\.number: /);
    expect(run('NR E06,M36')).toMatch(/^unit\.many: /);
  });

  it('reaches a unit that was taken out of use on a call, until it is cleared', () => {
    const roster_unit = { ...TEST_ROSTER.roster_unit } as { [id: string]: Callsigned };
    at = createConsole('k', { ...TEST_ROSTER, roster_unit });
    act('incident.open', { location: { text: '9 Elm St' }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
    run('D M36 0001');
    run('EM M36');
    roster_unit.m36 = { ...(roster_unit.m36 as Callsigned), active: false };
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ callsign: 'M36', code: 'DP', emergency: {} });
    expect(run('D M36 0001')).toMatch(/^unit.inactive: M36 is not in use/);
    expect(run('OS M36')).toBe('M36 on scene 26-K0001');
    expect(run('AV M36')).toBe('M36 available 26-K0001');
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ emergency: {}, incidents: [] });
    expect(run('EM M36 OVER')).toBe('M36 emergency over');
    expect(unitRowOf('unit:m36', at.world)).toBeNull();
    expect(run('AV M36')).toMatch(/There is no unit M36/);
  });

  it('does every verb', () => {
    run('D M36 0001');
    expect(run('MV M36 0002')).toBe('M36 moved from 26-K0001 to 26-K0002');
    expect(run('D M14 0001')).toBe('M14 dispatched 26-K0001');
    expect(run('SW M36 M14')).toBe('Swapped: M36 26-K0001, M14 26-K0002');
    expect(run('NX M36')).toBe('M36 en route 26-K0001');
    expect(run('N 0001 2 patients')).toBe('26-K0001 note added');
    expect(run('P 0001 2')).toBe('26-K0001 priority 2');
    expect(run('LOC 0001 1201 Oak St')).toBe('26-K0001 location 1201 Oak St');
    expect(run('NAT 0001 FALL')).toBe('26-K0001 nature Fall');
    expect(run('H 0001 waiting for police')).toBe('26-K0001 on hold once its units have left it: waiting for police');
    expect(run('H 0001 OFF')).toBe('26-K0001 off hold');
    expect(run('L 0001 0002')).toBe('26-K0001 linked with 26-K0002');
    expect(run('UL 0001 0002')).toBe('26-K0001 not linked with 26-K0002');
    expect(run('T M36 ER 0401')).toMatch(/^time.there: M36 on 26-K0001 en route is .*Amend it/);
    expect(run('T M36 ER 0401 said by radio')).toBe('M36 on 26-K0001 en route amended to 04:01:00');
    expect(run('T M36 OS 0401')).toBe('M36 on 26-K0001 on scene 04:01:00 recorded');
    expect(run('T 0001 CALL 03:59:30 clock was wrong')).toBe('26-K0001 call answered amended to 03:59:30');
    expect(run('OOS T01 restock 20')).toMatch(/^T01 out of service \(restock, until 04:\d\d\)$/);
    expect(unitRowOf('unit:t01', at.world)).toMatchObject({ code: 'OOS', until: at.means.now - 1000 + 20 * 60_000 });
    expect(run('PO E06 P7')).toBe('E06 posting (P7)');
    expect(run('C M36')).toBe('M36 available 26-K0001');
    expect(run('C 0001 NOPT')).toBe('26-K0001 closed: No patient found');
    expect(run('RO 0001')).toBe('26-K0001 reopened');
    expect(run('M 0001 0002')).toBe('26-K0001 merged into 26-K0002');
    expect(run('N 0001 gate code')).toBe('26-K0001 note added; it is merged into 26-K0002');
    expect(run('P 0001 1')).toBe('26-K0001 priority 1; it is merged into 26-K0002');
    expect(run('UM 0001')).toBe('26-K0001 no longer merged into 26-K0002');
    expect(run('? D')).toMatch(/^Send units: D units/);
    expect(run('?')).toContain('MV units incident');
  });

  it('takes the selected incident or unit where none is named', () => {
    expect(ghost('D M36', X)).toBe('Send M36 to 26-K0001, Chest pain, 1200 Oak St');
    expect(ghost('D 0002', 'unit:m36')).toBe('Send M36 to 26-K0002, Chest pain, 9 Elm St');
    expect(ghost('N 2 patients', X)).toBe('Note on 26-K0001: 2 patients');
    expect(ghost('LOC . 0002 Oak St', X)).toBe('26-K0001 location 0002 Oak St');
    expect(ghost('P 1', X)).toBe('26-K0001 to priority 1');
    expect(ghost('M 0002', X)).toBe('Merge 26-K0001, Chest pain, 1200 Oak St into 26-K0002, Chest pain, 9 Elm St');
  });

  it('asks inside the line where something is missing or unclear', () => {
    const asked = parseCommand('TR M36 MERCYX', words);
    expect(asked).toMatchObject({ kind: 'needs', what: 'incident' });
    run('D M36 0001');
    words = vocabularyOf(at.world, at.means.now);
    expect(parseCommand('TR M36', words)).toMatchObject({
      kind: 'needs',
      what: 'hospital',
      choices: [{ line: 'TR M36 GEN' }, { line: 'TR M36 MERCY', label: 'Mercy General' }, { line: 'TR M36 MERCYW' }],
    });
    expect(parseCommand('TR M36 MER', words)).toMatchObject({ kind: 'needs', what: 'hospital', choices: [{}, {}] });
    expect(parseCommand('D M 0002', words)).toMatchObject({
      kind: 'needs',
      what: 'unit',
      choices: [{ line: 'D M36 0002' }, { line: 'D M14 0002' }],
    });
    expect(parseCommand('D T1 000', words)).toMatchObject({ kind: 'refused', refusal: { code: 'incident.unknown' } });
    expect(parseCommand('OOS M14', words)).toMatchObject({ kind: 'needs', what: 'reason' });
    expect(parseCommand('C 0001', words)).toMatchObject({
      kind: 'needs',
      what: 'disposition',
      choices: [{ line: 'C 0001 NOPT' }, { line: 'C 0001 TRANS' }],
    });
    expect(run('C 0001')).toBe(
      'needs.disposition: Close 26-K0001 with which disposition? No patient found; Transported',
    );
    run('D M36 0002', null, true);
    expect(saidOf(parseCommand('OS M36', vocabularyOf(at.world, at.means.now)))).toBe(
      'M36 is on 26-K0002 and 26-K0001. Which?',
    );
  });

  it('takes several units before the verb, and commas wherever they stand', () => {
    const meant = parseCommand('D M36,E06 0001', words);
    for (const line of ['M36 E06 D 0001', 'M36, E06 D 0001', 'D M36 ,E06 0001', '0001 D M36 E06'])
      expect(parseCommand(line, words), line).toEqual(meant);
  });

  it('asks for the reason where only minutes were given, and holds for minutes as the panel does', () => {
    expect(ghost('OOS M36 20')).toMatch(/^needs: Why out of service/);
    expect(parseCommand('H 0001 waiting for police 20', words)).toMatchObject({
      calls: [{ input: { reason: 'waiting for police', until: words.now + 20 * 60_000 } }],
    });
  });

  it('loses nothing of a hold that is there: a second one asks, and changes what is named alone', () => {
    run('H 0001 waiting for police 20');
    const until = at.means.now - 1000 + 20 * 60_000;
    const held = () => incidentRow(at.world.entity(entityRef('incident', X)) as never, [], at.world).hold;
    expect(held()).toEqual({ reason: 'waiting for police', until });
    for (const said of [ghost('H', X), run('H 0001'), run('H', X)])
      expect(said).toMatch(
        /needs.*26-K0001 is on hold: waiting for police, until \d\d:\d\d\. OFF, another reason, or minutes\?/,
      );
    expect(held()).toEqual({ reason: 'waiting for police', until });
    expect(ghost('H 0001 30')).toMatch(/^Hold 26-K0001, .*: waiting for police, 30 minutes, until \d\d:\d\d$/);
    expect(run('H 0001 30')).toMatch(/^26-K0001 on hold: waiting for police, until \d\d:\d\d$/);
    const later = held()?.until;
    expect(held()).toEqual({ reason: 'waiting for police', until: expect.any(Number) });
    expect(later).toBeGreaterThan(until);
    expect(ghost('H 0001 caller calls back')).toMatch(/^Hold 26-K0001, .*: caller calls back, until \d\d:\d\d$/);
    run('H 0001 caller calls back');
    expect(held()).toEqual({ reason: 'caller calls back', until: later });
    expect(ghost('H 0001 off')).toBe('Take 26-K0001, Chest pain, 1200 Oak St off hold');
  });

  it('takes a number alone after H for minutes, asks where it may be an incident, and refuses more than a week', () => {
    expect(ghost('H 30', X)).toMatch(/^Hold 26-K0001, Chest pain, 1200 Oak St: 30 minutes, until \d\d:\d\d$/);
    expect(run('H 30', X)).toMatch(/^26-K0001 on hold, until \d\d:\d\d$/);
    expect(ghost('H 2', X)).toBe('needs: Is 2 the incident 26-K0002, or minutes of 26-K0001?');
    expect(parseCommand('H 2', words, X)).toMatchObject({ choices: [{ line: 'H 26-K0002' }, { line: 'H . 2' }] });
    expect(ghost('H . 2', X)).toMatch(/^Hold 26-K0001, .*: 2 minutes, until/);
    expect(ghost('H 0002', X)).toMatch(/^Hold 26-K0002/);
    expect(ghost('H . 20000', X)).toBe('refused: That is more than a week: give minutes.');
  });

  it('says which word an answer stands for', () => {
    expect(parseCommand('D M 0002', words)).toMatchObject({ at: { from: 2, to: 3 } });
    expect(parseCommand('D M36', words)).toMatchObject({ at: null });
  });

  it('asks before it sends a busy unit or closes over units, and does so when confirmed', () => {
    run('D M36 0001');
    expect(ghost('D M36 0002')).toBe('Send M36 to 26-K0002, Chest pain, 9 Elm St');
    expect(run('D M36 0002')).toBe('confirm.needed: M36 is dispatched 26-K0001.');
    expect(run('D M36 0002', null, true)).toBe('M36 dispatched 26-K0002');
    expect(run('C 0001 TRANS')).toBe('confirm.needed: M36 is still on 26-K0001.');
    expect(run('C 0001 TRANS', null, true)).toBe('26-K0001 closed: Transported; M36 cleared');
    expect(unitRowOf('unit:m36', at.world)?.incidents.map((one) => one.id)).toEqual([Y]);
  });

  it('says once what several units did alike, and of each what it did where they did not', () => {
    run('D M36,E06 0001');
    expect(run('ER M36,E06')).toBe('M36 and E06 en route 26-K0001');
    run('X E06 0001');
    run('D E06 0002');
    expect(run('OS M36,E06')).toBe('M36 on scene 26-K0001; E06 on scene 26-K0002');
  });

  it('refuses plainly what it does not understand', () => {
    expect(run('FOO M36')).toBe('command.unknown: There is no command “FOO”. ? lists them.');
    expect(run('M36')).toMatch(/^command.no_verb/);
    expect(run('M36 FOO')).toBe('command.unknown: “FOO” is no command for M36. ? lists them.');
    expect(run('D Z99 0001')).toBe('unit.unknown: There is no unit Z99.');
    expect(run('D M36 9999')).toBe('incident.unknown: No incident ends in 9999.');
    // With an incident selected too: what is not there is said, and nothing is done to the selected one.
    expect(run('D M36 9999', X)).toBe('incident.unknown: There is no incident 9999.');
    expect(run('D M36 9', X)).toBe('incident.unknown: There is no incident 9.');
    for (const number of ['9999', '26-K9999', '26-09999'])
      expect(run(`X M36 ${number}`)).toBe(
        `incident.unknown: There is no incident ${number}. A reason begins with a word.`,
      );
    for (const text of ['9999', '9999 TRANS', '9999 Transported'])
      expect(run(`C ${text}`, X)).toBe(
        'incident.unknown: There is no incident 9999. A disposition begins with a word.',
      );
    expect(run('X M36 9999 not needed')).toMatch(/^incident.unknown/);
    for (const line of ['H 9999 police', 'RO 9999']) expect(run(line, X), line).toMatch(/^incident.unknown/);
    expect(ghost('X M36 24-hour crew', Y)).toMatch(/24-hour crew$/);
    expect(run('ER M36 0001 quickly')).toBe('word.unknown: “quickly” is not understood here.');
    expect(run('T M36 OS 2599', X)).toMatch(/^time.invalid/);
    expect(run(`H 0001 ${'x'.repeat(300)}`)).toMatch(/^field.invalid: reason is too long/);
  });

  it('declares a unit’s emergency, says that it was seen and that it is over', () => {
    run('D M36 0001');
    expect(ghost('EM M36')).toBe('EMERGENCY of M36');
    expect(run('M36 EM')).toBe('M36 EMERGENCY');
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'DP', emergency: { emergency: 'declared' } });
    // Pressed again while nobody has answered, it is the same call for help.
    const { since } = unitRowOf('unit:m36', at.world)?.emergency ?? {};
    expect(run('EM M36')).toBe('M36 EMERGENCY already');
    expect(unitRowOf('unit:m36', at.world)?.emergency?.since).toBe(since);
    expect(run('EM M36 SEEN')).toBe('M36 emergency seen');
    expect(unitRowOf('unit:m36', at.world)?.emergency?.emergency).toBe('seen');
    // A unit's status goes on under it, and it under the status.
    expect(run('ER M36')).toBe('M36 en route 26-K0001');
    expect(run('EM M36')).toBe('M36 EMERGENCY');
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'ER', emergency: { emergency: 'declared' } });
    expect(run('EM M36 OVER')).toBe('M36 emergency over');
    expect(unitRowOf('unit:m36', at.world)?.emergency).toBeNull();
    expect(run('EM M36 OVER')).toBe('M36 has no emergency');
    expect(run('EM M36 maybe')).toMatch(/^word.unknown/);
  });

  it('moves all of several units or none', () => {
    run('D M36 0001');
    expect(run('X M36,M14')).toBe('unit.not_on: M14 is not on an incident.');
    expect(unitRowOf('unit:m36', at.world)?.incidents).toHaveLength(1);
  });

  it('asks for the post where a short name is none, and takes a corner as it is', () => {
    expect(ghost('PO E06 P9')).toBe('needs: There is no post P9. Which?');
    expect(ghost('PO E06 Oak and 5th')).toBe('E06 posting at Oak and 5th');
  });

  it('reads the same from the rows of a window as from the station', () => {
    run('D M36 0001');
    const world = at.world;
    const incidents = [X, Y].flatMap((id): IncidentRow[] => {
      const folded = world.entity(entityRef('incident', id));
      return folded ? [incidentRow(folded, world.assignmentsOf(folded.ref).map(world.entity), world)] : [];
    });
    const units = ['m36', 'm14', 'e06', 't01'].flatMap((id): UnitRow[] => {
      const row = unitRowOf(entityRef('unit', id), world);
      return row ? [row] : [];
    });
    const roster = Object.fromEntries(
      Object.entries(TEST_ROSTER).map(([kind, records]) => [
        kind,
        Object.fromEntries(Object.entries(records).map(([id, body]) => [id, { id, body: body as unknown as Json }])),
      ]),
    );
    const here = vocabularyOf(world, at.means.now);
    const there = vocabularyOfRows({ incidents, units, roster }, at.means.now);
    for (const line of [
      'D M14 0001',
      'ER M36',
      'TR M36 MERCY',
      'C 0001',
      'T M36 OS 0401 said',
      'OOS T01 fuel 5',
      'D M 0001',
      '?',
    ])
      expect(parseCommand(line, there, Y)).toEqual(parseCommand(line, here, Y));
  });

  it('never throws, whatever is typed, and its examples are understood', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...VERBS.map((verb) => verb.verb),
        'M36',
        'M36,E06',
        '0001',
        '1',
        'TR',
        'OOS',
        'AV',
        '.',
        ',',
        '-',
        '1402',
        'MERCY',
        'TRANS',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const pick = fc.constantFrom(null, X, 'unit:m36', 'nobody');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), pick, (pieces, selected) => {
        const line = pieces.join(' ');
        decideCommand({ line, selected, confirm: true }, at.world, at.means);
        completeCommand(line, words, selected);
      }),
      { numRuns: 300 },
    );
    for (const verb of VERBS) {
      const example = verb.example.replace('10418', '0001').replace('10416', '0002');
      // There is nothing to settle here: what is said of it is in the tests of those verbs.
      if (!['SETTLE', 'CONFIRM', 'SETASIDE'].includes(verb.verb))
        expect(parseCommand(example, words, X).kind, example).toMatch(/^(calls|help|find)$/);
    }
  });
});
