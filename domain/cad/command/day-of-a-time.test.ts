/** Which day a time of day is of, that somebody enters for a call of another night. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, idsOf } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { typedAt } from '../testing/typed-lines.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { incidentRow } from '../views/incident-row.ts';
import { parseCommand } from './parse.ts';
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
    const folded = at.world.entity(`incident:${old}`);
    if (!folded) throw new Error('no incident');
    const rows = {
      incidents: [incidentRow(folded, [], at.world)],
      units: [{ id: 'm36', callsign: 'M36', incidents: [] } as never],
      roster: { site: { s: { id: 's', body: TEST_ROSTER.site?.s as never } } },
    };
    const parsed = parseCommand('T M36 0001 OS 2355', vocabularyOfRows(rows, at.means.now));
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
