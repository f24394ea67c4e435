import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { shownAt } from '../testing/shown-at.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import type { ActionName } from './inputs.ts';

let at: Console;
const { did, unit, runs } = shownAt(() => at);
const X = 'k1';
const Y = 'k2';
beforeEach(() => {
  at = atTwoCalls();
});

describe('statuses', () => {
  beforeEach(() => void act('unit.dispatch', { incident: X, units: ['m36'] }, at));

  it('ask for the hospital again where a crew is back at the scene after it brought a patient', () => {
    for (const code of ['TR', 'AH'])
      act('unit.status', { unit: 'm36', code, ...(code === 'TR' ? { destination: { name: 'Mercy' } } : {}) }, at);
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('M36 transporting 26-K0001');
    act('unit.status', { unit: 'm36', code: 'AP' }, at);
    expect(did('unit.next', { unit: 'm36' })).toBe('needs.hospital destination');
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('needs.hospital destination');
  });

  it('do not ask for it again where transporting was pressed too early', () => {
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } }, at);
    act('unit.status', { unit: 'm36', code: 'OS' }, at);
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('M36 transporting 26-K0001');
  });

  it('follow the chain by the next key, with any step skipped', () => {
    expect(unit('m36')?.next).toBe('ER');
    expect(did('unit.next', { unit: 'm36' })).toBe('M36 en route 26-K0001');
    expect(did('unit.status', { unit: 'm36', code: 'ap' })).toBe('M36 at patient 26-K0001');
    expect(did('unit.next', { unit: 'm36' })).toBe('needs.hospital destination');
    expect(did('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } })).toBe(
      'M36 transporting to Mercy 26-K0001',
    );
    for (const said of ['at destination', 'transfer of care done', 'available'])
      expect(did('unit.next', { unit: 'm36' })).toBe(`M36 ${said} 26-K0001`);
    expect(did('unit.next', { unit: 'm36' })).toBe('status.no_next unit');
    expect(Object.keys(runs(X)[0]?.times ?? {})).toEqual([
      'unitNotified',
      'enRoute',
      'atPatient',
      'leftScene',
      'atDestination',
      'destinationTransfer',
      'backInService',
    ]);
  });

  it('take no other step than the one that was shown, and none twice', () => {
    expect(did('unit.next', { unit: 'm36', to: 'ER' })).toBe('M36 en route 26-K0001');
    expect(act('unit.next', { unit: 'm36', to: 'ER' }, at)).toMatchObject({
      refusal: { code: 'status.moved', field: 'to', message: 'M36 is ER by now; its next status is OS.' },
    });
    expect(did('unit.next', { unit: 'm36', to: 'OS' })).toBe('M36 on scene 26-K0001');
  });

  it('ask for what they need and know what they do not', () => {
    expect(did('unit.status', { unit: 'm14', code: 'OOS' })).toBe('needs.reason reason');
    expect(did('unit.status', { unit: 'm14', code: 'PO' })).toBe('needs.post post');
    expect(did('unit.status', { unit: 'm14', code: 'ER' })).toBe('needs.incident incident');
    expect(did('unit.status', { unit: 'm14', code: 'ZZ' })).toBe('status.unknown code');
    expect(did('unit.status', { unit: 'm14', code: 'AV', incident: X })).toBe('unit.not_on incident');
    act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true }, at);
    expect(did('unit.status', { unit: 'm36', code: 'ER' })).toBe('needs.incident incident');
    expect(did('unit.status', { unit: 'm36', code: 'ER', incident: Y })).toBe('M36 en route 26-K0002');
    expect(unit('m36')?.incidents.map((one) => [one.id, one.code])).toEqual([
      [Y, 'ER'],
      [X, 'DP'],
    ]);
  });

  it('of untidy records go in as they happened', () => {
    const when = (name: ActionName, input: object): string => did(name, input);
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'OS', at: 5_000 })).toBe('M14 on scene 26-K0001');
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'ER', at: 9_000 })).toBe('M14 en route 26-K0001');
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'AV', at: 9_000 })).toBe('M14 available 26-K0001');
    expect(when('unit.status', { unit: 't01', incident: Y, code: 'AV', at: 7_000 })).toBe('T01 available 26-K0002');
    expect(when('unit.dispatch', { units: ['m14'], incident: Y, at: 1_000, confirm: true })).toBe(
      'M14 dispatched 26-K0002',
    );
    expect(runs(X).find((run) => run?.unit === 'm14')?.times).toEqual({
      onScene: { at: 5_000, amended: false },
      enRoute: { at: 9_000, amended: false },
      backInService: { at: 9_000, amended: false },
    });
    expect(runs(Y).find((run) => run?.unit === 't01')?.times).toEqual({ backInService: { at: 7_000, amended: false } });
    expect(unit('t01')?.code).toBe('AV');
    expect(conflictsIn(at)).toEqual([]);
  });
});
