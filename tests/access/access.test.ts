/**
 * Every route, every role, every situation, against the reviewed matrix. A cell that allows has to show the target's rows;
 * one that does not must not, whatever else it answers.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../domain/kernel/permission.ts';
import { CALLS } from './calls.ts';
import { type Cell, readMatrix, SITUATIONS, type Situation } from './matrix.ts';
import { type AccessWorld, accessWorld, ROLES, type Target } from './world.ts';

const MATRIX = readMatrix();
const OF_PEOPLE = MATRIX.filter(({ about }) => !['public', 'device', 'operator'].includes(about));

let world: AccessWorld;
beforeAll(async () => {
  world = await accessWorld();
});
afterAll(() => world?.close());

/** Who asks about the site in the north, in each situation: by which token, and by what login. */
const ASKING: {
  readonly [S in Situation]: (role: Role) => readonly { readonly token: string; readonly as: string }[];
} = {
  own: (role) => [{ token: world.token('north', role, 'bound'), as: `${role}-north` }],
  elsewhere: (role) => [{ token: world.token('south', role, 'bound'), as: `${role}-south` }],
  whole: (role) => [{ token: world.token('north', role, 'whole'), as: `${role}-whole` }],
  foreign: (role) => [
    { token: world.token('abroad', role, 'bound'), as: `${role}-abroad` },
    { token: world.token('abroad', role, 'whole'), as: `${role}-whole` },
  ],
};

/** Whether a call was let in: a good answer, with the target's rows where there are rows to show. */
async function isLetIn(cell: Cell, target: Target, token: string | null, as: string): Promise<boolean> {
  const call = CALLS[cell.call];
  if (!call) throw new Error(`no call is written for ${cell.call}`);
  const { path, body, shows } = await call(target, world, as);
  const { status, text } = await world.ask(cell.route.split(' ')[0] ?? '', path, body, token);
  if (status >= 500 || status === 429) throw new Error(`${cell.call} answered ${status}: ${text.slice(0, 300)}`);
  if (cell.about === 'door') return status !== 401 && status !== 403;
  return status >= 200 && status < 300 && (shows === undefined || text.includes(shows));
}

/** What is about the caller alone has no other's to try. */
function situationsOf(cell: Cell): readonly Situation[] {
  if (cell.about === 'own' || cell.about === 'door') return ['own', 'whole'];
  return cell.about === 'organisation' ? ['own', 'elsewhere', 'whole'] : SITUATIONS;
}

describe('the matrix', () => {
  it('has every route that is declared, and none that is not (ASVS 8.2.1)', () => {
    const written = new Set(MATRIX.map(({ route }) => route));
    expect(world.routes.filter((route) => !written.has(route))).toEqual([]);
    expect([...written].filter((route) => !world.routes.includes(route))).toEqual([]);
  });

  it('has a call for everything that is about people', () => {
    expect(OF_PEOPLE.map(({ call }) => call).filter((call) => CALLS[call] === undefined)).toEqual([]);
  });

  it('lets nobody of another organisation in, anywhere (ASVS 8.3.1)', () => {
    expect(MATRIX.filter(({ may }) => may.foreign.length > 0)).toEqual([]);
  });
});

describe('as the matrix says', () => {
  it.each(OF_PEOPLE.map((cell) => [cell.call, cell] as const))('%s', async (_name, cell) => {
    const target = world.targets.north;
    for (const situation of situationsOf(cell)) {
      const letIn: Role[] = [];
      for (const role of ROLES) {
        for (const { token, as } of ASKING[situation](role)) {
          if (await isLetIn(cell, target, token, as)) letIn.push(role);
        }
      }
      expect({ situation, letIn: [...new Set(letIn)].sort() }).toEqual({
        situation,
        letIn: [...cell.may[situation]].sort(),
      });
    }
    expect(await isLetIn(cell, target, null, 'admin-north'), 'nobody').toBe(false);
    expect(await isLetIn(cell, target, world.operator, 'admin-north'), 'operator').toBe(false);
  });
});

describe('workstations’ and the operator’s doors', () => {
  const doors = MATRIX.filter(({ about }) => about === 'device' || about === 'operator');
  it.each(doors.map((cell) => [cell.route, cell] as const))('%s is no person’s', async (route, _cell) => {
    const [method = '', path = ''] = route.split(' ');
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'org' ? 'alpha' : 'billing'));
    const body = method === 'GET' ? undefined : {};
    for (const role of ROLES) {
      for (const token of [world.token('north', role, 'bound'), world.token('north', role, 'whole')]) {
        expect((await world.ask(method, filled, body, token)).status, role).toBe(401);
      }
    }
    expect((await world.ask(method, filled, body, null)).status).toBe(401);
  });
});
