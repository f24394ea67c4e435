/** The center over HTTP and its live channel over socket.io. Every answer is read through its schema. */
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { NoticesHeardSchema } from '../../domain/identity/api/notices.ts';
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import { uuidV7 } from '../../domain/kernel/ids.ts';
import { StreamPageSchema } from '../../domain/kernel/stream.ts';
import { BEAT_MS, type LiveFromCenter, type LiveFromStation } from '../../domain/wire/live.ts';
import { type ReadsIn, ReadsOutSchema } from '../../domain/wire/reads.ts';
import {
  DeviceTokenOutSchema,
  EnrolAnswerSchema,
  type EnrolInSchema,
  type EnrolOut,
  EntityFactsSchema,
  HelloOutSchema,
  LIVE_PATH,
  type Presence,
  PresenceSchema,
  PushOutSchema,
  RequestOutSchema,
  SessionOutSchema,
  SnapshotSchema,
} from '../../domain/wire/sync.ts';
import type { Signer } from '../../sealing/signing.ts';
import type { NoticesPort } from '../session/notices.ts';
import type { AccountsPort } from '../session/port.ts';
import { type Call, createHttp } from './http.ts';
import { type CenterPort, SyncFailure } from './ports.ts';
import { createProver, type Prover } from './prover.ts';

const EndedSchema = z.object({ session: z.string().max(128) });

const PRESENCE_EVERY_MS = 100;
/** How long an assertion holds; the center takes no longer one. s */
const ASSERTION_LIFE = 60;
/** A token is renewed this long before it ends. ms */
const RENEW_BEFORE = 60_000;
const LIVE_CONNECT = 3_000;
/** When nothing came on the live channel for so long, the center is asked whether it is there. ms */
const SILENCE = BEAT_MS + 100;

export interface HttpCenterOptions {
  readonly url: string;
  /** PEM of the authority that alone vouches for the center; left out or null for those that the system knows. */
  readonly authority?: string | null;
  readonly station: string;
  /** Signs with the device's key. */
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface HttpCenter extends CenterPort {
  readonly accounts: AccountsPort;
  readonly notices: NoticesPort;
  /** A stored document's bytes, by the right of the person who asks. */
  readonly document: (path: string, accessToken: string) => Promise<{ readonly media: string; readonly body: Buffer }>;
  /** Reads at this station, for the audit. */
  readonly reads: (input: ReadsIn) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export function createHttpCenter(options: HttpCenterOptions): HttpCenter {
  const prover = createProver(options.signer, options.clock, options.random);
  const http = createHttp(options.url, prover, options.authority ?? null);
  const bearer = createDeviceBearer(options, http.call);

  /** With the device's token; a token that is no longer good is renewed once. */
  const asDevice = async <S extends z.ZodType>(call: Omit<Call<S>, 'token'>): Promise<z.output<S>> => {
    const token = await bearer.token();
    try {
      return await http.call({ ...call, token });
    } catch (failure) {
      if (!(failure instanceof SyncFailure) || failure.kind !== 'unauthorized') throw failure;
      return http.call({ ...call, token: await bearer.renewed(token) });
    }
  };

  /** For a person at this station. Never said twice: a refused password must not count as two. */
  const atSeat = async <S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>> =>
    http.call({ method: 'POST', path, body, answer, token: await bearer.token(), takes: 'work', kept: 'always' });

  return {
    hello: (body) =>
      asDevice({
        method: 'POST',
        path: '/v1/sync/hello',
        body,
        answer: HelloOutSchema,
        takes: 'quick',
        kept: 'greeting',
      }),
    push: (body) =>
      asDevice({ method: 'POST', path: '/v1/sync/push', body, answer: PushOutSchema, takes: 'work', inTurn: true }),
    pull: (epoch, after, limit, afterHash) =>
      asDevice({
        method: 'GET',
        path: `/v1/sync/pull?epoch=${encodeURIComponent(epoch)}&after=${encodeURIComponent(after)}&limit=${encodeURIComponent(limit)}${afterHash === undefined ? '' : `&afterHash=${encodeURIComponent(afterHash)}`}`,
        answer: StreamPageSchema,
        takes: 'quick',
      }),
    snapshot: () => asDevice({ method: 'GET', path: '/v1/sync/snapshot', answer: SnapshotSchema, takes: 'work' }),
    entity: (ref) =>
      asDevice({
        method: 'GET',
        path: `/v1/sync/entity?ref=${encodeURIComponent(ref)}`,
        answer: EntityFactsSchema,
        takes: 'work',
      }),
    request: (body) =>
      asDevice({ method: 'POST', path: '/v1/requests', body, answer: RequestOutSchema, takes: 'work' }),
    live: (events) =>
      openLive(options, { bearer, prover }, events, () =>
        http.call({ method: 'GET', path: '/health', answer: z.unknown(), takes: 'quick' }),
      ),
    abandon: http.abandon,
    abandonGreeting: () => {
      http.abandonGreeting();
      bearer.askAnew();
    },
    accounts: {
      signIn: (body) => atSeat('/v1/sessions', body, SessionOutSchema),
      refresh: (refreshToken) => atSeat('/v1/sessions/refresh', { refreshToken }, SessionOutSchema),
      end: async (refreshToken, replaced) => {
        await atSeat('/v1/sessions/end', { refreshToken, replaced }, z.unknown());
      },
    },
    notices: {
      newest: async (token) => {
        const path = '/v1/me/notices';
        const answer = NoticesHeardSchema;
        return (await http.call({ method: 'GET', path, token, answer, takes: 'quick' })).notices;
      },
      seen: async (upTo, token) => {
        const path = '/v1/me/notices/seen';
        await http.call({ method: 'POST', path, body: { upTo }, token, answer: z.unknown(), takes: 'quick' });
      },
    },
    document: (path, accessToken) => http.bytes(path, accessToken),
    reads: (body) =>
      asDevice({ method: 'POST', path: '/v1/access/reads', body, answer: ReadsOutSchema, takes: 'work' }),
    close: () => http.close(),
  };
}

/** How often it is asked whether somebody has decided: at first by whoever stands beside, then less. ms */
const SOON = 300;
const LATER = 3_000;
const STANDING_BY = 20_000;

export interface EnrolAt extends Omit<z.infer<typeof EnrolInSchema>, 'deviceKey' | 'proof'> {
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Told once, when the center has taken the question and somebody has to decide it. */
  readonly onWaiting: () => void;
  /** How soon it asks again while somebody may be standing by. ms */
  readonly soon?: number;
  /** As {@link HttpCenterOptions}. */
  readonly authority?: string | null;
}

/**
 * Asks the center with a one-time code to let this workstation in, until somebody there has decided. Once it waits, a
 * center that is away for a while is asked again. Rejects with SyncFailure.
 */
export async function enrolAt(url: string, given: EnrolAt): Promise<EnrolOut> {
  const { signer, clock, random, onWaiting, soon = SOON, authority = null, ...asked } = given;
  const http = createHttp(url, createProver(signer, clock, random), authority);
  const { publicKey } = signer;
  const ask = () => {
    const body = { ...asked, deviceKey: publicKey, proof: assertionOf(signer, publicKey, clock(), random) };
    return http.call({ method: 'POST', path: '/v1/enrol', body, answer: EnrolAnswerSchema, takes: 'work' });
  };
  try {
    const began = performance.now();
    let told = false;
    for (;;) {
      const answer = await ask().catch((failure: unknown) => {
        if (told && failure instanceof SyncFailure && failure.kind === 'unreachable') return null;
        throw failure;
      });
      if (answer?.state === 'enrolled') {
        const { state: _, ...enrolled } = answer;
        return enrolled;
      }
      if (!told) onWaiting();
      told = true;
      await delay(performance.now() - began < STANDING_BY ? soon : LATER);
    }
  } finally {
    await http.close();
  }
}

/** Whether the center takes a workstation: asked for one token. `unknown` where it does not answer, or says something else. */
export async function standingAt(
  url: string,
  { station, ...device }: Omit<HttpCenterOptions, 'url'>,
): Promise<'taken' | 'refused' | 'unknown'> {
  const http = createHttp(url, createProver(device.signer, device.clock, device.random));
  try {
    await createDeviceBearer({ url, station, ...device }, http.call).token();
    return 'taken';
  } catch (failure) {
    if (!(failure instanceof SyncFailure)) throw failure;
    return failure.code === 'device.refused' ? 'refused' : 'unknown';
  } finally {
    await http.close();
  }
}

/** What the device key signs to show that it is there (RFC 7523 in shape). */
function assertionOf(signer: Signer, issuer: string, now: number, random: RandomBytes): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(now / 1000);
  const jti = uuidV7(now, random);
  const claims = { iss: issuer, sub: issuer, aud: 'qd-center', iat, exp: iat + ASSERTION_LIFE, jti };
  const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${signer.sign(text)}`;
}

interface DeviceBearer {
  readonly token: () => Promise<string>;
  /** A new one in place of one that was refused. */
  readonly renewed: (refused: string) => Promise<string>;
  /** Nobody waits any more for one that is being asked for. */
  readonly askAnew: () => void;
}

/** The device's token, asked for with an assertion that its key signs, once for all who wait. */
function createDeviceBearer(options: HttpCenterOptions, call: ReturnType<typeof createHttp>['call']): DeviceBearer {
  let held: { readonly token: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;

  const ask = async (): Promise<string> => {
    const asked = options.clock();
    const body = { assertion: assertionOf(options.signer, options.station, asked, options.random) };
    const answer = await call({
      method: 'POST',
      path: '/v1/devices/token',
      body,
      answer: DeviceTokenOutSchema,
      takes: 'quick',
      kept: 'greeting',
    });
    // By this clock, which may differ from the center's: half its life at most, so a difference does no harm.
    held = {
      token: answer.token,
      until: asked + Math.min(Math.max(answer.expiresAt - asked, 0), 600_000) - RENEW_BEFORE,
    };
    return answer.token;
  };
  const asked = (): Promise<string> => {
    if (asking) return asking;
    const mine: Promise<string> = ask()
      .catch((failure: unknown) => {
        // Given up with a greeting that hung: somebody at the seat may wait for it, too.
        if (asking === null || asking === mine) throw failure;
        return asking;
      })
      .finally(() => {
        if (asking === mine) asking = null;
      });
    asking = mine;
    return mine;
  };
  return {
    token: async () => {
      if (held && options.clock() < held.until) return held.token;
      return asked();
    },
    renewed: async (refused) => {
      if (held && held.token !== refused) return held.token;
      held = null;
      return asked();
    },
    askAnew: () => {
      asking = null;
    },
  };
}

function openLive(
  { url, authority = null }: HttpCenterOptions,
  { bearer, prover }: { readonly bearer: DeviceBearer; readonly prover: Prover },
  events: Parameters<CenterPort['live']>[0],
  probe: () => Promise<unknown>,
): ReturnType<CenterPort['live']> {
  let over = false;
  let socket: Socket<LiveFromCenter, LiveFromStation> | null = null;
  const down = (reason: string): void => {
    if (over) return;
    over = true;
    clearTimeout(listening);
    socket?.disconnect();
    events.onDown(reason);
  };
  // A stalled connection says nothing of itself: whoever is silent is asked.
  const listening = setTimeout(() => {
    if (!over && socket?.connected) probe().then(heard, () => down('the center has gone silent'));
  }, SILENCE);
  listening.unref();
  const heard = (): void => {
    if (!over) listening.refresh();
  };
  const connect = (token: string, again = false): void => {
    if (over) return;
    const opened: Socket<LiveFromCenter, LiveFromStation> = io(url, {
      path: LIVE_PATH,
      transports: ['websocket'],
      auth: { token, proof: prover.proof('GET', new URL(LIVE_PATH, url), token) },
      reconnection: false,
      forceNew: true,
      timeout: LIVE_CONNECT,
      ...(authority === null ? {} : { ca: authority }),
    });
    socket = opened;
    socket.on('connect', () => {
      heard();
      opened.io.engine.on('packet', heard);
      if (!over) events.onUp();
    });
    socket.on('connect_error', (error) => {
      const { code, nonce } = (error as { data?: { code?: unknown; nonce?: unknown } }).data ?? {};
      prover.heard(nonce);
      if (code !== 'nonce' || again) return down(error.message.slice(0, 120));
      opened.disconnect();
      connect(token, true);
    });
    socket.on('disconnect', (reason) => down(reason));
    socket.on('page', (page: unknown) => {
      const read = StreamPageSchema.safeParse(page);
      if (over) return;
      // A page that cannot be read is a gap: the next pull brings it, or says why not.
      if (read.success) events.onPage(read.data);
    });
    socket.on('presence', (presence: unknown) => {
      const read = PresenceSchema.safeParse(presence);
      if (!over && read.success) events.onPresence(read.data);
    });
    socket.on('roster', () => !over && events.onRoster());
    socket.on('session.ended', (said: unknown) => {
      const read = EndedSchema.safeParse(said);
      if (!over && read.success) events.onSessionEnded(read.data.session);
    });
    socket.on('told', () => !over && events.onTold?.());
  };
  // Of a quick walk through a form only where it ends is told. Not volatile: that drops the second of two in a row.
  const presences = new Map<string, Presence>();
  let telling: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    telling = undefined;
    if (socket?.connected) for (const presence of presences.values()) socket.emit('presence', presence);
    presences.clear();
  };
  bearer.token().then(
    (token) => connect(token),
    (error: unknown) => down(error instanceof Error ? error.message : 'no token'),
  );
  return {
    close: () => {
      over = true;
      clearTimeout(listening);
      clearTimeout(telling);
      socket?.disconnect();
    },
    presence: (presence) => {
      if (over) return;
      presences.set(presence.position, presence);
      telling ??= setTimeout(tell, PRESENCE_EVERY_MS);
    },
  };
}
