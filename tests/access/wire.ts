/** The reviewed file of the wire, read; and for each call that workstations may make, what is sent and what shows that it was let in. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Role } from '../../domain/kernel/permission.ts';
import { WIRE_VERSION } from '../../domain/wire/sync.ts';
import { PASSWORD } from '../../server/kernel/identity/testing/identity.ts';
import { pushOf } from '../../server/kernel/intake/testing/station.ts';
import { takeCall } from '../../server/modules/cad/handoff/testing/floor.ts';
import type { Sent } from './call.ts';
import { CALLS } from './calls.ts';
import { CALLERS, type CallerKind, type Workstation } from './workstations.ts';
import type { AccessWorld } from './world.ts';

export interface WireCell {
  readonly call: string;
  readonly may: readonly CallerKind[];
  /** `matrix` where people have a file of their own. */
  readonly people: readonly Role[] | 'matrix';
  readonly nobody: boolean;
}

export function readWire(): readonly WireCell[] {
  return readFileSync(new URL('./wire.csv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('call,'))
    .map((line) => {
      const [call = '', ...cells] = line.split(',').map((field) => field.trim());
      const people = cells[CALLERS.length] ?? '';
      return {
        call,
        may: CALLERS.filter((_, at) => cells[at] === 'yes'),
        people: people === 'matrix' ? people : (people.split(' ').filter((role) => role !== '') as Role[]),
        nobody: cells[CALLERS.length + 1] === 'yes',
      };
    });
}

/** What came of a sign-in at a workstation. */
interface SignedIn {
  readonly session: string;
  readonly user: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export async function signInAt(at: Workstation, login: string): Promise<SignedIn> {
  const { status, text } = await at.ask('POST', '/v1/sessions', { user: login, password: PASSWORD, position: null });
  if (status !== 200) throw new Error(`${login} could not sign in at ${at.station}: ${text}`);
  return JSON.parse(text) as SignedIn;
}

/** `by`: whose call it will be, for what it says of itself. Always about the north. */
type WireCall = (world: AccessWorld, own: Workstation, by: Workstation) => Sent | Promise<Sent>;

const asInMatrix =
  (name: string): WireCall =>
  async (world) => {
    const call = CALLS[name];
    if (!call) throw new Error(`no call is written for ${name}`);
    return call(world.targets.north, world, 'dispatcher-north');
  };

/** Numbers on in that workstation's log of reads: what was taken before is left out. */
let readsTold = 1;

const OWN_CALLS: { readonly [call: string]: WireCall } = {
  'POST /v1/sync/hello': () => ({
    path: '/v1/sync/hello',
    body: { wire: WIRE_VERSION, build: 'test', reads: [], cursor: null, logs: [], lanAddress: '', grants: [] },
    shows: '"station":"w-north"',
  }),
  'POST /v1/sync/push': (_world, own) => {
    own.made.reopen();
    return {
      path: '/v1/sync/push',
      body: pushOf(...takeCall(own.made, `26-${randomUUID().slice(0, 8)}`).made),
      shows: '"problems":[]',
    };
  },
  'GET /v1/sync/pull': () => ({ path: '/v1/sync/pull?after=0', shows: '"u-north"' }),
  'GET /v1/sync/snapshot': () => ({ path: '/v1/sync/snapshot', shows: '"u-north"' }),
  'GET /v1/sync/entity': ({ targets }) => ({
    path: `/v1/sync/entity?ref=incident:${targets.north.incident}`,
    shows: '"frame":{',
  }),
  'POST /v1/access/reads': async ({ targets, sql }, own) => {
    const position = randomUUID();
    const read = { by: targets.north.person, session: null, position, fields: [] };
    const of = (seq: number) => ({
      log: `reads-${own.station}`,
      reads: [{ ...read, seq, at: Date.now(), entity: `incident:${targets.north.incident}` }],
    });
    // The log is that workstation's from its first read on.
    await own.ask('POST', '/v1/access/reads', { ...of(1), reads: [{ ...of(1).reads[0], position: null }] });
    const done = async (): Promise<boolean> => {
      const found = await sql('select from audit.entry e where e.org = $1 and e::text like $2', [
        'alpha',
        `%${position}%`,
      ]);
      return found.length > 0;
    };
    return { path: '/v1/access/reads', body: of(++readsTold), done };
  },
  'POST /v1/sessions': () => ({
    path: '/v1/sessions',
    body: { user: 'dispatcher-north', password: PASSWORD, position: null },
  }),
  'POST /v1/sessions/refresh': async (_world, own) => {
    const { refreshToken } = await signInAt(own, 'dispatcher-north');
    return { path: '/v1/sessions/refresh', body: { refreshToken } };
  },
  'POST /v1/requests': async (_world, own) => {
    const { session, user } = await signInAt(own, 'admin-north');
    const body = { code: randomUUID().slice(0, 8), text: 'X' };
    const input = { kind: 'disposition', id: randomUUID(), version: 0, body };
    const request = { id: randomUUID(), kind: 'record.put', madeAt: Date.now(), by: user, session, input };
    return { path: '/v1/requests', body: request, shows: '"state":"accepted"' };
  },
};

export function wireCallOf(call: string): WireCall {
  return OWN_CALLS[call] ?? asInMatrix(call);
}
