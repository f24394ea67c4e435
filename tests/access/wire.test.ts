/**
 * Every call that workstations may make, everything said over the live channel and between workstations, by every kind of
 * caller, against the reviewed file.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEAT_MS } from '../../domain/wire/live.ts';
import { type PeerMessage, PeerMessageSchema, type Roster } from '../../domain/wire/sync.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { pushOf } from '../../server/kernel/intake/testing/station.ts';
import { takeCall } from '../../server/modules/cad/handoff/testing/floor.ts';
import { type Lan, openLan } from '../../server-bridge/sync/lan.ts';
import { readWire, signInAt, type WireCell, wireCallOf } from './wire.ts';
import {
  CALLERS,
  type CallerKind,
  EVENTS,
  type Live,
  openLive,
  type Workstation,
  workstations,
} from './workstations.ts';
import { type AccessWorld, accessWorld, ROLES } from './world.ts';

const WIRE = readWire();
const ofKind = (kind: string): readonly WireCell[] => WIRE.filter(({ call }) => call.startsWith(kind));
const CALLED = [...ofKind('GET '), ...ofKind('POST ')];
/** Long enough for a word to come that comes at all. */
const HEARD = { timeout: 10_000, interval: 20 };
const SILENCE_MS = 300;

let world: AccessWorld;
let by: { readonly [K in CallerKind]: Workstation };
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  world = await accessWorld();
  by = await workstations(world);
});
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await world?.close();
});

/** What is written in the file is what there is. */
function expectCalls(kind: string, declared: readonly string[]): void {
  const written = new Set(ofKind(kind).map(({ call }) => call.split('#')[0] ?? ''));
  expect(declared.filter((name) => !written.has(name))).toEqual([]);
  expect([...written].filter((name) => !declared.includes(name))).toEqual([]);
}

const wireOf = (call: string): WireCell => {
  const cell = WIRE.find((of) => of.call === call);
  if (!cell) throw new Error(`${call} is not in wire.csv`);
  return cell;
};

describe('the file of the wire', () => {
  it('has every route that takes a workstation’s token, and none that does not', () => {
    expectCalls(
      'GET ',
      world.ofWorkstations.filter((route) => route.startsWith('GET ')),
    );
    expectCalls(
      'POST ',
      world.ofWorkstations.filter((route) => route.startsWith('POST ')),
    );
    expect(world.ofWorkstations.filter((route) => !/^(GET|POST) /.test(route))).toEqual([]);
  });

  it('has everything that is said over the live channel and between workstations', () => {
    expectCalls(
      'live center ',
      Object.keys(EVENTS.center).map((name) => `live center ${name}`),
    );
    expectCalls(
      'live station ',
      Object.keys(EVENTS.station).map((name) => `live station ${name}`),
    );
    expectCalls(
      'peer ',
      PeerMessageSchema.options.map(({ shape }) => `peer ${shape.t.value}`),
    );
  });

  it('lets nobody in who was revoked, works elsewhere or for others, but to their own live channel', () => {
    // That the center is there, each is told of their own site.
    const admitted = WIRE.filter(({ call }) => call !== 'live connect' && call !== 'live center beat').flatMap(
      ({ may }) => may,
    );
    expect([...new Set(admitted)].sort()).toEqual(['beside', 'own']);
    expect(WIRE.filter(({ may }) => may.includes('revoked'))).toEqual([]);
  });
});

describe('what workstations call, as the file says', () => {
  it.each(CALLED.map((cell) => [cell.call, cell] as const))('%s', async (name, cell) => {
    const method = name.split(' ')[0] ?? '';
    const call = wireCallOf(name);
    const letIn: CallerKind[] = [];
    for (const kind of CALLERS) {
      const { path, body, shows, done } = await call(world, by.own, by[kind]);
      const { status, text } = await by[kind].ask(method, path, body);
      expect(status, `${kind}: ${text.slice(0, 300)}`).toBeLessThan(500);
      const answered = status >= 200 && status < 300 && (shows === undefined || text.includes(shows));
      if (answered && (done === undefined || (await done()))) letIn.push(kind);
    }
    expect(letIn).toEqual([...cell.may]);
    const { path, body } = await call(world, by.own, by.own);
    const nobody = await world.ask(method, path, body, null);
    expect(nobody.status === 200, `nobody: ${nobody.status}`).toBe(cell.nobody);
    if (cell.people === 'matrix') return;
    const people: string[] = [];
    const { accessToken } = await signInAt(by.own, 'admin-north');
    for (const role of ROLES) {
      const tokens = [world.token('north', role, 'bound'), world.token('north', role, 'whole')];
      for (const token of tokens) if ((await world.ask(method, path, body, token)).status !== 401) people.push(role);
    }
    // A person at this very workstation, bound to its key, is a person all the same.
    if ((await by.own.ask(method, path, body, accessToken)).status !== 401) people.push('admin at the workstation');
    expect(people).toEqual([...cell.people]);
  });
});

describe('the live channel', () => {
  const lives = new Map<CallerKind, Live>();

  it('is opened by whom the file says, with a token that HTTP gave before (ASVS 4.4.4)', async () => {
    const letIn: CallerKind[] = [];
    for (const kind of CALLERS) {
      const live = await by[kind].live().catch(() => null);
      if (!live) continue;
      closing.push(live.close);
      lives.set(kind, live);
      letIn.push(kind);
    }
    const cell = wireOf('live connect');
    expect(letIn).toEqual([...cell.may]);
    expect(await openLive(world.url, {}).catch((error: { data?: object }) => error.data)).toEqual({ code: 'token' });
    const { accessToken } = await signInAt(by.own, 'admin-north');
    const persons = [...ROLES.map((role) => world.token('north', role, 'whole')), accessToken];
    for (const token of persons) await expect(by.own.live(token)).rejects.toMatchObject({ data: { code: 'token' } });
    expect(cell.people).toEqual([]);
  });

  /** Who hears it of those that are there, once it was said and whoever is to hear it has. */
  const hear = async (event: string, say: () => unknown, may: readonly string[]): Promise<CallerKind[]> => {
    const before = new Map([...lives].map(([kind, { heard }]) => [kind, heard.length]));
    await say();
    const hearers = (): CallerKind[] =>
      [...lives].flatMap(([kind, { heard }]) =>
        heard.slice(before.get(kind)).some((one) => one.event === event) ? [kind] : [],
      );
    await expect.poll(hearers, HEARD).toEqual(expect.arrayContaining([...may]));
    await delay(SILENCE_MS);
    return hearers();
  };
  const presence = (of: Workstation) => ({
    ...{ station: of.station, position: 'P1', name: 'Somebody', incident: null, field: null },
  });
  const sayings: { readonly [event: string]: () => unknown } = {
    page: async () => {
      const { path, body } = await wireCallOf('POST /v1/sync/push')(world, by.own, by.own);
      await by.own.ask('POST', path, body);
    },
    presence: () => lives.get('own')?.socket.emit('presence', presence(by.own)),
    // What changes it is a new address of one of them.
    roster: async () => {
      const { path, body } = await wireCallOf('POST /v1/sync/hello')(world, by.own, by.own);
      await by.own.ask('POST', path, { ...(body as object), lanAddress: `127.0.0.1:${7_000 + (Date.now() % 1_000)}` });
    },
    'session.ended': async () => {
      const { session, user } = await signInAt(by.own, 'dispatcher-north');
      const path = `/v1/people/${user}/sessions/${session}/revoke`;
      await world.ask('POST', path, {}, world.token('north', 'admin', 'whole'));
    },
    told: async () => {
      const { user } = await signInAt(by.own, 'supervisor-north');
      await world.sql(`select identity.tell('alpha', $1, 'password changed')`, [user]);
    },
    refused: () => lives.get('own')?.socket.emit('presence', { nothing: true } as never),
    // Each site has its own: long enough for those of all.
    beat: () => delay(2 * BEAT_MS),
  };

  it.each(Object.keys(EVENTS.center))('is told %s where the file says', async (event) => {
    const say = sayings[event];
    if (!say) throw new Error(`nothing is written that makes the center say ${event}`);
    const { may } = wireOf(`live center ${event}`);
    expect(may.length).toBeGreaterThan(0);
    expect((await hear(event, say, may)).sort()).toEqual([...may].sort());
  });

  it.each(Object.keys(EVENTS.station))('says %s to the north where the file says', async (event) => {
    const heard: CallerKind[] = [];
    const { may } = wireOf(`live station ${event}`);
    for (const [kind, { socket }] of lives) {
      const listener = lives.get(kind === 'own' ? 'beside' : 'own') as Live;
      const from = listener.heard.length;
      socket.emit(event as 'presence', presence(by.own));
      const of = () => listener.heard.slice(from).filter((one) => one.event === event);
      if (may.includes(kind)) await expect.poll(() => of().length, HEARD).toBeGreaterThan(0);
      await delay(SILENCE_MS);
      const said = of();
      // Whatever it calls itself, it is named by the key that it came in with.
      for (const one of said) expect(one.said).toMatchObject({ station: by[kind].station });
      if (said.length > 0) heard.push(kind);
    }
    expect(heard).toEqual([...may]);
  });
});

describe('workstations among themselves', () => {
  it('take messages from whom the file says, by the roster that the center signed', async () => {
    const { path, body } = await wireCallOf('POST /v1/sync/hello')(world, by.own, by.own);
    const { roster } = JSON.parse((await by.own.ask('POST', path, body)).text) as { roster: Roster };
    const taken: { from: string; t: string }[] = [];
    const open = async (of: Pick<Workstation, 'station' | 'signer'>): Promise<Lan> => {
      const lan = await openLan({ station: of.station, signer: of.signer, listen: { host: '127.0.0.1', port: 0 } });
      closing.push(() => lan.close());
      return lan;
    };
    const north = await open(by.own);
    north.on({
      onUp: () => undefined,
      onDown: () => undefined,
      onMessage: (from, { t }) => void taken.push({ from, t }),
    });
    const others = roster.peers.filter(({ station, revoked }) => !revoked && station !== by.own.station);
    north.reach(others.map(({ station, key }) => ({ station, key, address: '' })));
    const MESSAGES: { readonly [T in PeerMessage['t']]: PeerMessage } = {
      heads: { t: 'heads', cursor: null, logs: {}, reads: [], centerReached: true },
      frames: { t: 'frames', ...pushOf(...takeCall(by.own.made, '26-PEER').made) },
      presence: { t: 'presence', presence: { station: 'x', position: 'P', name: 'N', incident: null, field: null } },
    };
    const stranger = { station: by.beside.station, signer: signerOf(newSigningKey()) };
    const callers = CALLERS.filter((kind) => kind !== 'own').map((kind) => [kind, by[kind]] as const);
    const target = { station: by.own.station, key: by.own.signer.publicKey, address: `127.0.0.1:${north.port}` };
    const saidBy = async (of: Pick<Workstation, 'station' | 'signer'>, should: number): Promise<readonly string[]> => {
      taken.length = 0;
      const lan = await open(of);
      lan.on({
        onUp: (peer) => {
          for (const message of Object.values(MESSAGES)) lan.send(peer, message);
        },
        onDown: () => undefined,
        onMessage: () => undefined,
      });
      lan.reach([target]);
      // As long as a link may take to be made, where there is to be none.
      if (should === 0) await delay(1_500);
      else await expect.poll(() => taken.length, HEARD).toBeGreaterThanOrEqual(should);
      await delay(SILENCE_MS);
      await lan.close();
      return taken.map(({ t }) => t);
    };
    for (const [kind, of] of callers) {
      const should = ofKind('peer ').flatMap(({ call, may }) => (may.includes(kind) ? [call.slice(5)] : []));
      expect({ kind, took: [...(await saidBy(of, should.length))].sort() }).toEqual({ kind, took: should.sort() });
    }
    // One that calls itself a peer, with another key; and one that knows nothing of the protocol.
    expect(await saidBy(stranger, 0)).toEqual([]);
    const socket = connect(north.port as number, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(JSON.stringify(MESSAGES.heads));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(taken).toEqual([]);
  });
});
