/** Callsigns as places all over write them are words of a line like any other. */
import { describe, expect, it } from 'vitest';
import { createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { typedAt } from '../testing/typed-lines.ts';

describe('a callsign with signs in it', () => {
  it.each(['E+1', 'E&T', 'E:1', 'E;1', "O'B", 'E#1', 'T1(R)', '1/83-1'])('%s is typed like any other', (callsign) => {
    const m36 = { callsign, kind: 'engine', agency: null, home: null, capabilities: [], active: true };
    const at = createConsole('k', { ...TEST_ROSTER, roster_unit: { ...TEST_ROSTER.roster_unit, m36 } });
    act('incident.open', { location: { text: '1200 Oak St' }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
    const { ghost, run } = typedAt(() => at);
    const typed = callsign.toLowerCase();
    expect(ghost(`D ${typed},M14 0001`)).toContain(`Send ${callsign} and M14 to 26-K0001`);
    run(`D ${typed} 0001`);
    expect(ghost(`${typed} ER`)).toContain(callsign);
    expect(ghost(`ER ${typed} 0001`)).toBe(ghost(`${typed} ER`));
    expect(ghost(`X ${typed} not needed`)).toBe(`Cancel ${callsign} from 26-K0001: not needed`);
    expect(ghost(`T ${typed} DP 0001 late`)).toContain(`${callsign} on 26-K0001`);
  });
});
