/** Which day a time of day is of, that somebody enters for a call of another night. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, idsOf } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { typedAt } from '../testing/typed-lines.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { incidentRow } from '../views/incident-row.ts';
import { parseCommand } from './parse.ts';
import type { Parsed } from './reading.ts';
import { vocabularyOfRows } from './vocabulary.ts';

/** The console's clock shows 04:00 on Sunday 22 November 2026. */
const local = (day: number, hours: number, minutes: number): number => Date.UTC(2026, 10, day, hours + 8, minutes);
let at: Console;
const { ghost, run } = typedAt(() => at);
beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
});

/** A call of that moment on which M36 was for an hour and a half; closed, where it is over. */
function call(answeredAt: number, over: boolean): string {
  act(
    'incident.open',
    { location: { text: 'A' }, nature: { code: 'CHEST', text: 'C' }, answeredAt, at: answeredAt },
    at,
  );
  const incident = idsOf(at.world, 'incident').at(-1) ?? '';
  act('unit.dispatch', { incident, units: ['m36'], at: answeredAt + 60_000 }, at);
  act('unit.status', { unit: 'm36', code: 'AV', at: answeredAt + 90 * 60_000 }, at);
  if (over) act('incident.close', { incident, disposition: 'Done', at: answeredAt + 91 * 60_000 }, at);
  return incident;
}
const timesOf = (incident: string) => {
  const folded = at.world.entity(`assignment:${incident}.m36.0`);
  return folded && assignmentRow(folded, at.world)?.times;
};

/** The line as a window reads it that shows this call, and that M36 is on nothing. */
function read(incident: string, line: string): Parsed {
  const folded = at.world.entity(`incident:${incident}`);
  if (!folded) throw new Error('no incident');
  const rows = {
    incidents: [incidentRow(folded, [], at.world)],
    units: [{ id: 'm36', callsign: 'M36', incidents: [] } as never],
    roster: { site: { s: { id: 's', body: TEST_ROSTER.site?.s as never } } },
  };
  return parseCommand(line, vocabularyOfRows(rows, at.means.now));
}

describe('a time of a call that is open again', () => {
  const dayAndTime = (line: string) => /: (.*)$/.exec(ghost(line))?.[1];

  it('is of the night of the run, for a unit that is not there any more: nothing happened while the call was over', () => {
    const old = call(local(20, 23, 50), true);
    act('incident.reopen', { incident: old, at: local(22, 3, 30) }, at);
    expect(dayAndTime('T M36 0001 OS 2355')).toBe('Fri 20 Nov 2026 23:55:00');
    expect(dayAndTime('T M36 0001 AP 0010')).toBe('Sat 21 Nov 2026 00:10:00');
    run('T M36 0001 OS 2355');
    expect(timesOf(old)).toMatchObject({ onScene: { at: local(20, 23, 55) } });
  });

  it('is of now for a unit that is there, and for one that was since', () => {
    const old = call(local(20, 23, 50), true);
    act('incident.reopen', { incident: old, at: local(22, 3, 30) }, at);
    act('unit.dispatch', { incident: old, units: ['m14'], at: local(22, 3, 35) }, at);
    expect(dayAndTime('T M14 0001 ER 0336')).toBe('03:36:00');
    act('unit.status', { unit: 'm14', code: 'AV', at: local(22, 3, 55) }, at);
    expect(dayAndTime('T M14 0001 OS 0340')).toBe('03:40:00');
  });

  it('reads the same from what a window shows', () => {
    const old = call(local(20, 23, 50), true);
    act('incident.reopen', { incident: old, at: local(22, 3, 30) }, at);
    expect(read(old, 'T M36 0001 OS 2355')).toMatchObject({
      ghost: expect.stringContaining('Fri 20 Nov 2026 23:55:00'),
    });
  });
});

describe('a time of a call that is over', () => {
  it('is of the night of the call, and the day is said', () => {
    const old = call(local(19, 23, 50), true);
    expect(ghost('T M36 0001 OS 2355')).toBe('Record on scene of M36 on 26-K0001: Thu 19 Nov 2026 23:55:00');
    expect(run('T M36 0001 OS 2355')).toBe('M36 on 26-K0001 on scene Thu 19 Nov 2026 23:55:00 recorded');
    run('T M36 0001 AP 0010');
    expect(timesOf(old)).toMatchObject({ onScene: { at: local(19, 23, 55) }, atPatient: { at: local(20, 0, 10) } });
    expect(run('T 0001 CALL 2345 telephone log')).toBe('26-K0001 call answered amended to Thu 19 Nov 2026 23:45:00');
  });

  it('reads the same from what a window shows', () => {
    const old = call(local(19, 23, 50), true);
    const parsed = read(old, 'T M36 0001 OS 2355');
    expect(parsed).toMatchObject({ kind: 'calls', ghost: expect.stringContaining('Thu 19 Nov 2026 23:55:00') });
  });
});

describe('a time of what goes on', () => {
  it('is the newest, of yesterday where that is meant', () => {
    call(local(20, 2, 0), false);
    act('unit.dispatch', { incident: 'k1', units: ['e06'], at: local(22, 3, 0) }, at);
    expect(ghost('T E06 OS 0330')).toBe('Record on scene of E06 on 26-K0001: 03:30:00');
    expect(ghost('T E06 OS 2330')).toBe('Record on scene of E06 on 26-K0001: Sat 21 Nov 2026 23:30:00');
    expect(ghost('T 0001 CALL 0158 telephone log')).toContain('Fri 20 Nov 2026 01:58:00');
  });
});
