/** Asking the center over HTTP: keep-alive, compressed, with waits that notice an outage and still let large answers through. */

import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { inTurn } from '../../domain/kernel/turns.ts';
import { isOfCertificate } from '../../sealing/certificates.ts';
import { jsonOf } from '../../sealing/json-bytes.ts';
import { SyncFailure, UNTRUSTED } from './ports.ts';
import type { Prover } from './prover.ts';
import { PUSHES } from './state.ts';

/** How long the first byte of a quick answer may take, at best and when the center is slow. ms */
const PATIENCE = 1_200;
const PATIENCE_MOST = 10_000;
/** First byte of an answer that takes the center work (intake, a snapshot), and any pause within an answer. ms */
const WORK_PATIENCE = 15_000;
const PAUSE = 3_000;
const LARGEST_ANSWER = 128_000_000;
const TOO_LARGE = 'The center’s answer is too large.';
const COMPRESS_FROM = 16_384;
/** Pushes of both lanes, and what else is asked beside them. */
const CONNECTIONS = 2 * PUSHES + 4;

const compress = promisify(gzip);
const expand = promisify(gunzip);
/**
 * Bytes of output for which a thread comes back to the loop, which goes on with it in a later turn; while pages are taken a
 * turn is a slice of one. Node's own 16 KiB are seventy turns for a page, and by then there was nothing more to take.
 */
const LARGEST_STEP = 4 * 1_048_576;
const stepFor = (bytes: number): number => Math.min(LARGEST_STEP, Math.max(16_384, bytes));

export interface Call<S extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | null;
  readonly answer: S;
  /** `quick`: the center only looks something up. */
  readonly takes: 'quick' | 'work';
  /** Survives {@link Http.abandon}; `always`: {@link Http.abandonGreeting} too. */
  readonly kept?: 'greeting' | 'always';
  /** Leaves after those before it that do, however long the body of each takes to be packed. */
  readonly inTurn?: boolean;
}

export interface Http {
  readonly call: <S extends z.ZodType>(call: Call<S>) => Promise<z.output<S>>;
  readonly bytes: (path: string, token: string) => Promise<{ readonly media: string; readonly body: Buffer }>;
  readonly abandon: () => void;
  /** Of what survives that, too; and nothing is asked on a connection of before: it may be of a network that is gone. */
  readonly abandonGreeting: () => void;
  readonly close: () => Promise<void>;
}

interface Raw {
  readonly status: number;
  /** The proof was right but for its nonce, which is known by now. Nothing was done. */
  readonly stale: boolean;
  readonly media: string;
  readonly body: Buffer;
}

/**
 * `prover`: proves with each token that this station holds the key it is bound to. `authority`: PEM of the one that alone
 * vouches for the center; null for those that the system knows.
 */
export function createHttp(url: string, prover: Prover, authority: string | null = null): Http {
  const newAgent = (): Agent =>
    new Agent({
      connections: CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: { timeout: PATIENCE_MOST, ...(authority === null ? {} : { ca: authority }) },
    });
  let agent = newAgent();
  const flying = new Map<AbortController, Call<z.ZodType>['kept']>();
  let patience = PATIENCE;
  let compresses = true;
  const turn = inTurn();

  const packed = async (given: unknown): Promise<string | Buffer> => {
    const text = JSON.stringify(given);
    if (!compresses || text.length < COMPRESS_FROM) return text;
    return compress(text, { level: constants.Z_BEST_SPEED, chunkSize: stepFor(text.length) });
  };

  const send = async (call: Omit<Call<z.ZodType>, 'answer'>): Promise<Raw> => {
    const controller = new AbortController();
    flying.set(controller, call.kept);
    const waits = call.takes === 'quick' ? patience : WORK_PATIENCE;
    let timedOut = false;
    const giveUp = (): void => {
      timedOut = true;
      controller.abort();
    };
    let timer = setTimeout(giveUp, waits);
    try {
      const headers: Record<string, string> = { accept: 'application/json', 'accept-encoding': 'gzip' };
      const address = new URL(call.path, url);
      headers.dpop = prover.proof(call.method, address, call.token ?? null);
      if (call.token) headers.authorization = `DPoP ${call.token}`;
      let body: string | Buffer | null = null;
      if (call.body !== undefined) {
        const begun = packed(call.body);
        body = await (call.inTurn ? turn('', begun) : begun);
        headers['content-type'] = 'application/json';
        if (typeof body !== 'string') headers['content-encoding'] = 'gzip';
      }
      const answer = await request(address, {
        method: call.method,
        headers,
        body,
        dispatcher: agent,
        signal: controller.signal,
      });
      prover.heard(answer.headers['dpop-nonce']);
      const chunks: Buffer[] = [];
      let size = 0;
      clearTimeout(timer);
      timer = setTimeout(giveUp, PAUSE);
      for await (const chunk of answer.body) {
        timer.refresh();
        chunks.push(chunk as Buffer);
        size += (chunk as Buffer).length;
        if (size > LARGEST_ANSWER) throw new SyncFailure('refused', TOO_LARGE);
      }
      patience = Math.max(PATIENCE, Math.floor(patience / 2));
      const whole = Buffer.concat(chunks);
      const isPacked = answer.headers['content-encoding'] === 'gzip';
      return {
        status: answer.statusCode,
        stale: /\buse_dpop_nonce\b/.test(String(answer.headers['www-authenticate'] ?? '')),
        media: String(answer.headers['content-type'] ?? ''),
        body: isPacked
          ? await expand(whole, { maxOutputLength: LARGEST_ANSWER, chunkSize: stepFor(4 * whole.length) })
          : whole,
      };
    } catch (error) {
      if (error instanceof SyncFailure) throw error;
      // As it comes, or once it is expanded. It would be as large the next time.
      if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new SyncFailure('refused', TOO_LARGE);
      if (isOfCertificate((error as { code?: unknown }).code))
        throw new SyncFailure(
          'unreachable',
          'Whoever answers at the center’s address shows a certificate that this workstation does not take.',
          0,
          UNTRUSTED,
        );
      if (timedOut && call.takes === 'quick') patience = Math.min(PATIENCE_MOST, patience * 2);
      throw new SyncFailure(
        'unreachable',
        timedOut ? 'The center did not answer in time.' : 'The center could not be reached.',
      );
    } finally {
      clearTimeout(timer);
      flying.delete(controller);
    }
  };

  const checked = async (call: Omit<Call<z.ZodType>, 'answer'>): Promise<Raw> => {
    const first = await send(call);
    const raw = first.stale ? await send(call) : first;
    if (raw.status === 415 && compresses && call.body !== undefined) {
      compresses = false;
      return checked(call);
    }
    if (raw.status < 300) return raw;
    throw failureOf(raw);
  };

  return {
    call: async (call) => {
      const raw = await checked(call);
      const read = call.answer.safeParse(raw.body.length === 0 ? {} : jsonOf(raw.body));
      if (!read.success)
        throw new SyncFailure('refused', 'The center answered in a form that this build does not read.', raw.status);
      return read.data as z.output<typeof call.answer>;
    },
    bytes: async (path, token) => {
      const raw = await checked({ method: 'GET', path, token, takes: 'work' });
      return { media: raw.media, body: raw.body };
    },
    abandon: () => {
      for (const [controller, kept] of flying) if (!kept) controller.abort();
    },
    abandonGreeting: () => {
      for (const [controller, kept] of flying) if (kept === 'greeting') controller.abort();
      // Closed once what is still under way on it has ended.
      const before = agent;
      agent = newAgent();
      before.close().catch(() => undefined);
    },
    close: async () => {
      for (const controller of flying.keys()) controller.abort();
      await agent.destroy();
    },
  };
}

/** What the center said, as one sentence; nothing of the answer but its detail and code is kept. */
function failureOf({ status, body }: Raw): SyncFailure {
  const problem = jsonOf(body) as { readonly detail?: unknown; readonly code?: unknown } | null | undefined;
  const detail = typeof problem?.detail === 'string' ? problem.detail.slice(0, 240) : `The center answered ${status}.`;
  const code = typeof problem?.code === 'string' ? problem.code.slice(0, 64) : '';
  if (status === 401) return new SyncFailure('unauthorized', detail, status, code);
  if (status === 429 || status >= 500) return new SyncFailure('unreachable', detail, status);
  return new SyncFailure('refused', detail, status, code);
}
