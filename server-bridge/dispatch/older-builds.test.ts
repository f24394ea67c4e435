import { afterEach, describe, expect, it } from 'vitest';
import type { Done } from '../../domain/bridge/calls.ts';
import type { ReachRow } from '../../domain/bridge/topics.ts';
import type { Newer } from '../../domain/kernel/module.ts';
import { READS } from '../../domain/modules.ts';
import type { Answer } from './port.ts';
import { type Desk, IDENTITY, openDesk, SEAT } from './testing/desk.ts';

/** Another wire: links came later, and are held back; emergencies came later, and are not. */
const NEWER: ReadonlyMap<string, Newer> = new Map<string, Newer>([
  ['incident.linked@1', 'held back'],
  ['unit.emergency@1', { partlyShownIsEnough: 'as it is declared' }],
]);
const OLDER = READS.filter((type) => !NEWER.has(type));

let desk: Desk;
afterEach(() => desk.close());

const nobody: ReadonlySet<string> = new Set();
const peer = (station: string, name: string) => ({ station, name, key: 'k'.repeat(43), address: '', revoked: false });
const roster = {
  org: IDENTITY.org,
  site: IDENTITY.site,
  version: 1,
  centerKeys: [],
  peers: [peer(IDENTITY.station, 'Position 1'), peer('b', 'Position 3')],
  sig: '',
};

function value(answer: Answer<Done> | Promise<Answer<Done>>): Done {
  if (answer instanceof Promise || !answer.ok) throw new Error(JSON.stringify(answer));
  return answer.value;
}

/** A desk whose site has one more workstation, with two incidents open. */
function among(): { readonly one: Done; readonly other: Done } {
  desk = openDesk({ newer: NEWER });
  desk.store.saveRoster(roster, []);
  desk.store.saveReaders({ emit: READS, older: [] }, nobody);
  const open = (text: string): Done =>
    value(desk.dispatch.call('incident.open', { location: { text }, source: 'call' }, SEAT));
  return { one: open('12 Pier'), other: open('9 Elm') };
}
const link = ({ one, other }: ReturnType<typeof among>, linked = true): Answer<Done> | Promise<Answer<Done>> =>
  desk.dispatch.call(
    'incident.link',
    { incident: one.incident as string, other: other.incident as string, linked },
    SEAT,
  );
const emergency = (): Done => value(desk.dispatch.call('unit.emergency', { unit: 'm36', emergency: 'declared' }, SEAT));
const unsent = (): number => desk.store.unsentTotal();

describe('a workstation of an older build at the site', () => {
  it('holds back what it does not read, at every seat and in the command line, and nothing is written', () => {
    const both = among();
    desk.store.heardReads('b', OLDER);
    const before = unsent();
    const held = {
      ok: false,
      refusal: {
        code: 'fact.held_back',
        message:
          'Linked: Position 3 runs an older version that does not read it. Update or revoke Position 3, then enter it again.',
      },
      decision: { verdict: 'BLOCK', rules: [{ evidence: ['incident.linked@1', 'b'] }] },
    };
    expect(link(both)).toMatchObject(held);
    const line = `L ${both.one.number} ${both.other.number}`;
    expect(desk.dispatch.call('command.run', { line, selected: null }, SEAT)).toMatchObject(held);
    expect(desk.dispatch.call('command.preview', { line, selected: null }, SEAT)).toMatchObject(held);
    expect(unsent()).toBe(before);
  });

  it('lets an emergency through with a warning that names it', () => {
    among();
    expect(emergency().warned).toBeUndefined();
    desk.store.heardReads('b', OLDER);
    const before = unsent();
    expect(desk.dispatch.call('command.preview', { line: 'EM M36 SEEN', selected: null }, SEAT)).toMatchObject({
      ok: true,
      value: { warned: { rules: [{ reason: expect.stringContaining('Tell Position 3 by voice') }] } },
    });
    expect(unsent()).toBe(before);
    const said = value(desk.dispatch.call('command.run', { line: 'EM M36 SEEN', selected: null }, SEAT));
    expect(said.facts).toHaveLength(1);
    expect(said.warned).toMatchObject({
      verdict: 'WARN',
      rules: [{ reason: 'Tell Position 3 by voice: it runs an older version and shows M36 as partly shown.' }],
    });
  });

  it('holds nothing back any more once it is updated, or revoked', () => {
    const both = among();
    desk.store.saveReaders({ emit: OLDER, older: [{ station: 'b', lacks: [...NEWER.keys()] }] }, nobody);
    expect(link(both)).toMatchObject({ ok: false });
    desk.store.heardReads('b', READS);
    expect(value(link(both)).facts).toHaveLength(1);
    desk.store.heardReads('b', OLDER);
    expect(link(both, false)).toMatchObject({ ok: false });
    const peers = roster.peers.map((one) => ({ ...one, revoked: one.station === 'b' }));
    desk.store.saveRoster({ ...roster, version: 2, peers }, []);
    expect(value(link(both, false)).facts).toHaveLength(1);
    expect(emergency().warned).toBeUndefined();
  });

  it('is named in the header’s row with what it does not read', () => {
    among();
    const reach = (): ReachRow => desk.watch('reach').state().reach?.reach as unknown as ReachRow;
    desk.store.heardReads('b', OLDER);
    expect(reach().older).toEqual([
      { station: 'b', name: 'Position 3', heldBack: ['Linked'], partlyShown: ['Emergency of a unit'] },
    ]);
  });
});
