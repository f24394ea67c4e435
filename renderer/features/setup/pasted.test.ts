import { describe, expect, it } from 'vitest';
import { type Held, MOST_PASTED, pastedRows } from './pasted.ts';
import { SETUP_KINDS, type SetupKind } from './setup-kinds.ts';

const of = (title: string): SetupKind => SETUP_KINDS.find((kind) => kind.title === title) as SetupKind;
const NATURES = of('Natures');
const UNITS = of('Units');
const AGENCY: Held = { id: 'a-1', version: 1, body: { name: 'Harbor Fire', short: 'HFD', discipline: 'fire' } };
const nobody = (): readonly Held[] => [];
const named = (kind: string): readonly Held[] => (kind === 'agency' ? [AGENCY] : []);
const bodies = (read: ReturnType<typeof pastedRows>) => (read.ok ? read.rows.map(({ body }) => body) : read.why);

describe('pasted lines', () => {
  it('are records, with tabs as a spreadsheet has them or commas as a file', () => {
    const two = [
      { code: 'CHEST', text: 'Chest pain', priority: '1' },
      { code: 'FALL', text: 'Fall, from height', priority: '2', needs: 'ALS' },
    ];
    expect(bodies(pastedRows(NATURES, 'CHEST\tChest pain\t1\nFALL\tFall, from height\t2\tALS\n', [], nobody))).toEqual(
      two,
    );
    const file = '\uFEFFCHEST,Chest pain,1\r\nFALL,"Fall, from height",2,ALS\r\n\r\n';
    expect(bodies(pastedRows(NATURES, file, [], nobody))).toEqual(two);
  });

  it('have their columns named by a first line, in any order, by the field’s name or what the screen calls it', () => {
    const text = 'Its priority,code,Words\n3,SICK,Sick person';
    expect(bodies(pastedRows(NATURES, text, [], nobody))).toEqual([
      { code: 'SICK', text: 'Sick person', priority: '3' },
    ]);
  });

  it('name other records by their short or full name', () => {
    const text = 'm1,ambulance,hfd,,"ALS, 4x4"\nm2,ambulance,Harbor Fire,,,no';
    const unit = { kind: 'ambulance', agency: 'a-1', home: null };
    expect(bodies(pastedRows(UNITS, text, [], named))).toEqual([
      { ...unit, callsign: 'M1', capabilities: ['ALS', '4x4'], active: true },
      { ...unit, callsign: 'M2', capabilities: [], active: false },
    ]);
    // An empty cell says nothing: a new unit is in use as it is in the form.
    expect(bodies(pastedRows(UNITS, 'm3,ambulance,,,,', [], named))).toMatchObject([{ active: true, agency: null }]);
    expect(bodies(pastedRows(UNITS, 'm1,ambulance,NOBODY', [], named))).toBe(
      'Line 1: Agency NOBODY is not known here.',
    );
  });

  it('change what is there, and leave alone what they do not have', () => {
    const held: Held = { id: 'n-1', version: 4, body: { code: 'FALL', text: 'Fall', priority: '2', needs: 'ALS' } };
    const read = pastedRows(NATURES, 'code,text\nfall,Fall of any height\nNEW,New', [held], nobody);
    expect(read).toEqual({ ok: false, why: expect.stringContaining('Line 3: Its priority') });
    expect(pastedRows(NATURES, 'FALL\tFall of any height\t2', [held], nobody)).toEqual({
      ok: true,
      rows: [{ held, body: { ...held.body, text: 'Fall of any height' } }],
      unchanged: 0,
    });
    expect(pastedRows(NATURES, 'FALL\tFall\t2', [held], nobody)).toEqual({ ok: true, rows: [], unchanged: 1 });
  });

  it('say which line is wrong and why', () => {
    const why = (text: string): unknown => bodies(pastedRows(NATURES, text, [], nobody));
    expect(why('A,Words,1\nB,Words,9')).toContain('Line 2: Its priority');
    expect(why('A,Words,1\nA,Again,2')).toBe('Line 2: it is the same one as line 1.');
    expect(why('A,Words,1,ALS,ENDS,also,more')).toBe(
      'Line 1: it has 7 columns; there are 6: Code, Words, Its priority, Needs, Mostly ends in, codes with commas, Also called, with commas.',
    );
    expect(why('')).toContain('Paste one line for each');
    expect(why('A,"Words,1')).toContain('a quotation mark is open');
    expect(why('A,W,1\n'.repeat(MOST_PASTED + 1))).toContain('At most 2000 lines');
  });
});
