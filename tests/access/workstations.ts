/** Workstations beside those of the world, as each kind of caller of the wire: with tokens of their own keys, and live channels. */
import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { LiveFromCenter, LiveFromStation } from '../../domain/wire/live.ts';
import { LIVE_PATH } from '../../domain/wire/sync.ts';
import { type Signer, signerOf } from '../../sealing/signing.ts';
import { assertion } from '../../server/kernel/identity/testing/identity.ts';
import { type TestStation, testStation } from '../../server/kernel/intake/testing/station.ts';
import { createProver, type Prover } from '../../server-bridge/sync/prover.ts';
import type { AccessWorld, Asked, Where } from './world.ts';

const random = (length: number): Uint8Array => randomBytes(length);

/** What asks about the site in the north: its workstation, another of it, one of another site, of another organisation, one that was revoked. */
export const CALLERS = ['own', 'beside', 'elsewhere', 'foreign', 'revoked'] as const;
export type CallerKind = (typeof CALLERS)[number];

export interface Workstation {
  readonly station: string;
  readonly made: TestStation;
  readonly signer: Signer;
  readonly token: string;
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Asked>;
  readonly live: (token?: string) => Promise<Live>;
}

export interface Live {
  readonly socket: Socket<LiveFromCenter, LiveFromStation>;
  /** What was said to it, by name. */
  readonly heard: readonly { readonly event: string; readonly said: unknown }[];
  readonly close: () => void;
}

/** Opens a live channel with whatever is shown; rejects with the refusal. */
export function openLive(url: string, auth: object): Promise<Live> {
  return new Promise((resolve, reject) => {
    const socket: Socket<LiveFromCenter, LiveFromStation> = io(url, {
      ...{ path: LIVE_PATH, transports: ['websocket'], auth, reconnection: false, forceNew: true },
    });
    const heard: { event: string; said: unknown }[] = [];
    socket.onAny((event: string, said: unknown) => heard.push({ event, said }));
    socket.once('connect', () => resolve({ socket, heard, close: () => void socket.disconnect() }));
    socket.once('connect_error', (error) => {
      socket.disconnect();
      reject(error);
    });
  });
}

/** What is said over the live channel, by whom: each by name. */
export const EVENTS: {
  readonly center: { readonly [E in keyof LiveFromCenter]: true };
  readonly station: { readonly [E in keyof LiveFromStation]: true };
} = {
  center: { page: true, presence: true, roster: true, 'session.ended': true, told: true, refused: true, beat: true },
  station: { presence: true },
};

/** A workstation that is enrolled by now. */
export async function workstation(url: string, made: TestStation): Promise<Workstation> {
  const signer = signerOf(made.privateKey);
  const prover: Prover = createProver(signer, Date.now, random);
  const shown = assertion({ station: made.station, signer }, Date.now());
  const answer = await fetch(`${url}/v1/devices/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ assertion: shown }),
  });
  const { token } = (await answer.json()) as { token: string };
  const once = async (method: string, path: string, body: unknown, shows: string): Promise<Response> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `DPoP ${shows}`,
        dpop: prover.proof(method, new URL(path, url), shows),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    prover.heard(response.headers.get('dpop-nonce'));
    return response;
  };
  return {
    station: made.station,
    made,
    signer,
    token,
    ask: async (method, path, body, shows = token) => {
      const first = await once(method, path, body, shows);
      // The first time it learns the nonce.
      const response = first.status === 401 ? await once(method, path, body, shows) : first;
      return { status: response.status, text: await response.text() };
    },
    live: async (shows = token) => {
      const auth = (): object => ({ token: shows, proof: prover.proof('GET', new URL(LIVE_PATH, url), shows) });
      return openLive(url, auth()).catch(
        (error: { readonly data?: { readonly code?: string; readonly nonce?: string } }) => {
          prover.heard(error.data?.nonce);
          if (error.data?.code !== 'nonce') throw error;
          return openLive(url, auth());
        },
      );
    },
  };
}

/** One of each kind. The revoked one got its token while it was still let in. */
export async function workstations(world: AccessWorld): Promise<{ readonly [K in CallerKind]: Workstation }> {
  const another = async (where: Where, name: string): Promise<Workstation> => {
    const { org, site, console } = world.targets[where];
    const made = testStation(name, console.site, { session: `s-${where}`, by: world.targets[where].person });
    await world.sql(
      `insert into kernel.device (org, station, site, name, short, key, enrolled_at) values ($1, $2, $3, $2, $4, $5, 1)`,
      [org, name, site, name.slice(2, 5).toUpperCase(), made.publicKey],
    );
    return workstation(world.url, made);
  };
  const revoked = await another('north', 'w-lost');
  const { status } = await world.ask('POST', '/v1/devices/w-lost/revoke', {}, world.token('north', 'admin', 'whole'));
  if (status !== 200) throw new Error(`the workstation could not be revoked: ${status}`);
  return {
    own: await workstation(world.url, world.targets.north.console),
    beside: await another('north', 'w-beside'),
    elsewhere: await workstation(world.url, world.targets.south.console),
    foreign: await workstation(world.url, world.targets.abroad.console),
    revoked,
  };
}
