import { afterEach, describe, expect, it } from 'vitest';
import type { Done } from '../../domain/bridge/calls.ts';
import { type FoundRow, findTopic, type LookedRow, MOST_FOUND } from '../../domain/bridge/topics.ts';
import { wallTime } from '../../domain/cad/sentences/local-time.ts';
import { entityRef } from '../../domain/kernel/ids.ts';
import { fixedSessions } from '../session/fixed.ts';
import { type Desk, me, openDesk, SEAT } from './testing/desk.ts';

let desk: Desk;
afterEach(() => desk.close());

const DAY = 86_400_000;

function opened(place: string, over: object = {}): Done {
  const input = {
    location: { text: place },
    nature: { code: '10', text: 'Chest pain' },
    source: 'call' as const,
    ...over,
  };
  return (desk.dispatch.call('incident.open', input, SEAT) as { readonly value: Done }).value;
}
function look(text: string): {
  readonly found: () => readonly FoundRow[];
  readonly looked: () => LookedRow | undefined;
  readonly whole: () => Promise<readonly FoundRow[]>;
} {
  const { state } = desk.watch(findTopic(text));
  const found = (): readonly FoundRow[] => Object.values((state().found ?? {}) as unknown as Record<string, FoundRow>);
  const looked = (): LookedRow | undefined => (state().looked as unknown as Record<string, LookedRow>)?.looked;
  return {
    found,
    looked,
    whole: async () => {
      await expect.poll(() => looked()?.state).toBe('whole');
      return found();
    },
  };
}

describe('what is looked for', () => {
  it('is found by place, number, callback, day, what its nature is also called, and a unit that was on it and left long ago', async () => {
    desk = openDesk();
    const old = opened('1200 Oak St', { callback: '(415) 555-0142', answeredAt: Date.now() - 40 * DAY });
    opened('9 Elm St');
    const sent = { incident: old.incident ?? '', units: ['m36'] };
    expect(await desk.dispatch.call('unit.dispatch', sent, SEAT)).toMatchObject({ ok: true });
    await desk.dispatch.call('incident.close', { incident: sent.incident, disposition: 'DONE', units: 'clear' }, SEAT);
    const day = new Date(wallTime(Date.now() - 40 * DAY, 'America/Los_Angeles')).toISOString().slice(0, 10);
    for (const text of ['oak', (old.number ?? '').slice(-4), '5550142', 'm36', `oak ${day}`, 'oak heart attack']) {
      const found = await look(text).whole();
      expect([text, found.map((row) => row.number)]).toEqual([text, [old.number]]);
      expect(found[0]).toMatchObject({ state: 'closed', ran: ['M36'] });
    }
    expect(await look('elm yesterday').whole()).toEqual([]);
    expect(look('oak').looked()?.said).toBe('oak');
  });

  it('names the units that were on it in the order in which they were sent', async () => {
    desk = openDesk();
    const { incident = '' } = opened('1200 Oak St');
    for (const unit of ['m36', 'e06', 'm14'])
      await desk.dispatch.call('unit.dispatch', { incident, units: [unit] }, SEAT);
    desk.store.rest();
    const [row] = await look('oak').whole();
    expect(row?.ran).toEqual(['M36', 'E06', 'M14']);
  });

  it('comes, changes and goes while it is looked at, and stands open again once it is reopened', async () => {
    desk = openDesk();
    const first = opened('1 Oak St');
    const incident = first.incident ?? '';
    const at = look('oak');
    await at.whole();
    expect(at.looked()).toMatchObject({ incidents: 1, state: 'whole' });
    const next = opened('2 Oak St');
    expect(at.found()).toHaveLength(2);
    await desk.dispatch.call('incident.close', { incident, disposition: 'DONE' }, SEAT);
    const stateOf = (id: string): unknown => at.found().find((row) => row.id === id)?.state;
    expect(stateOf(incident)).toBe('closed');
    await desk.dispatch.call('command.run', { line: 'RO', selected: incident }, SEAT);
    expect(stateOf(incident)).toBe('pending');
    await desk.dispatch.call('incident.edit', { incident, set: { location: { text: '1 Elm St' } } }, SEAT);
    expect(at.found().map((row) => row.id)).toEqual([next.incident]);
    desk.store.erase(entityRef('incident', next.incident ?? ''));
    expect(at.found()).toEqual([]);
  });

  it('is the newest of many, and says that there may be more', async () => {
    desk = openDesk();
    for (let n = 0; n <= MOST_FOUND; n++) opened(`${n} Oak St`);
    const at = look('oak');
    await expect.poll(() => at.looked()?.state).toBe('enough');
    expect(at.found()).toHaveLength(MOST_FOUND);
    expect(at.found().some((row) => row.location?.text === '0 Oak St')).toBe(false);
  });

  it('is shown to nobody who may not read of patients, nor behind the lock; and what was shown is noted', () => {
    const shown: string[] = [];
    const sessions = fixedSessions(me());
    desk = openDesk({
      sessions,
      reads: {
        shown: (_seat, topic, rows) => shown.push(`${topic} ${Object.keys(rows.found ?? {}).length}`),
        opened: () => undefined,
      },
    });
    opened('1 Oak St');
    expect(look('oak').found()).toHaveLength(1);
    expect(shown).toEqual(['find:oak 1']);
    desk.close();
    desk = openDesk({ sessions: fixedSessions(me(['biller'])) });
    opened('1 Oak St');
    expect(look('oak').found()).toEqual([]);
  });

  it('is refused where its topic cannot be read', () => {
    desk = openDesk();
    for (const topic of ['find:', 'find:%', 'find:%E0%A4%A'])
      expect([topic, desk.dispatch.watch(topic, SEAT, () => undefined)]).toMatchObject([topic, { ok: false }]);
  });
});
