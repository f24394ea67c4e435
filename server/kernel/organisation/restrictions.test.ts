import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { recordActions } from '#domain/modules.ts';
import { type Floor, floor, later, ORG, takeCall } from '../../modules/cad/handoff/testing/floor.ts';
import { permissionNamed } from './permissions.ts';
import { changeRestriction } from './restrictions.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

const change = (action: ActionType | undefined, role: Role, withheld: boolean, reason = 'we are small') => {
  if (!action) throw new Error('there is no such permission');
  const ports = { log: at.world.log, clock: at.world.ports.clock };
  return changeRestriction(ports, { actor: 'ann' }, ORG, action, { role, withheld, reason });
};
/** The contested facts of an entity, each with why. */
const contested = async (ref: EntityRef): Promise<Map<string, string>> => {
  const state = await at.world.log.intake(ORG, async (tx) => (await tx.folded([ref])).get(ref));
  return new Map(state?.contested.map(({ fact, reason }) => [fact, reason]));
};

describe('a restriction', () => {
  it('takes away and gives back, never adds, and leaves everybody their security and administrators the way back', async () => {
    const refusalOf = async (action: ActionType | undefined, role: Role) => {
      const outcome = await change(action, role, true);
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(await refusalOf(recordActions('chart')?.read, 'pilot')).toBe('permission.not_had');
    expect(await refusalOf(IDENTITY_ACTIONS['me.secure'], 'pilot')).toBe('permission.own_security');
    expect(await refusalOf(IDENTITY_ACTIONS['people.change'], 'admin')).toBe('permission.administration');
    expect(await refusalOf(IDENTITY_ACTIONS['permissions.restrict'], 'admin')).toBe('permission.administration');
    expect((await at.world.circumstancesOf(ORG)).restrictions.size).toBe(0);

    expect(await refusalOf(recordActions('chart')?.read, 'biller')).toBeNull();
    const anew = await at.world.circumstancesOf(ORG, 'anew');
    expect(anew.restrictions.get('chart.read')?.get('biller')).toBe('we are small');
    const held = await at.world.log.intake(ORG, (tx) => tx.record('role_restriction', 'biller'));
    expect(held).toMatchObject({ version: 1, body: { role: 'biller', withheld: [{ permission: 'chart.read' }] } });
    // Asked twice it is once.
    expect((await change(recordActions('chart')?.read, 'biller', true)).ok).toBe(true);
    expect((await change(recordActions('chart')?.read, 'biller', false, 'grown')).ok).toBe(true);
    expect((await at.world.circumstancesOf(ORG, 'anew')).restrictions.get('chart.read')).toBeUndefined();
    const audit = await at.rows(
      `select actor, op, reason from audit.entry where tbl = 'identity.role_restriction' and row_id = 'biller' order by xid, id`,
    );
    expect(audit).toEqual([
      { actor: 'ann', op: 'insert', reason: 'we are small' },
      { actor: 'ann', op: 'update', reason: 'grown' },
    ]);
  });

  it('contests what is written at a console from then on; what was written before counts, however late it comes', async () => {
    const call = takeCall(at.station, '26-00700');
    await at.push(...call.made);
    const early = call.fact('incident.noted', later(50), [call.incident], { text: 'Before' });
    at.world.time.now += 60_000;
    expect((await change(permissionNamed('incident.noted@1'), 'dispatcher', true)).ok).toBe(true);
    at.world.time.now += 60_000;
    const late = call.fact('incident.noted', later(60), [call.incident], { text: 'After' });
    await at.push(early, late);
    const found = await contested(call.incident);
    expect(found.get(late.fact.id)).toBe('The organisation had taken this right away from the role.');
    expect(found.has(early.fact.id)).toBe(false);

    expect((await change(permissionNamed('incident.noted@1'), 'dispatcher', false)).ok).toBe(true);
    const again = call.fact('incident.noted', later(70), [call.incident], { text: 'Given back' });
    await at.push(again);
    expect((await contested(call.incident)).has(again.fact.id)).toBe(false);
  });
});
