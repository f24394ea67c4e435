/** The one way from these screens to the center: its own HTTP, every answer read through a schema. */
import { z } from 'zod';
import {
  type Answer,
  CUT_OFF,
  type Problem,
  ProblemSchema,
  READ_CUT_OFF,
  strangeAnswer,
  UNREACHABLE,
} from './problem.ts';

export interface Call<S extends z.ZodType> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly answer: S;
  readonly body?: object;
  /** Why, in the words of whoever asks; goes into the audit. */
  readonly reason?: string;
  /** Of whoever waits for it no longer: it is as if the center did not answer. */
  readonly signal?: AbortSignal | undefined;
}

export interface Center {
  readonly ask: <S extends z.ZodType>(call: Call<S>) => Promise<Answer<z.output<S>>>;
  /** A file, as it is. */
  readonly download: (call: { readonly path: string; readonly reason?: string }) => Promise<Answer<Blob>>;
}

/** What came of it: `over` where nothing brings the session back, and a problem where the center did not say. */
export type Refreshed = 'renewed' | 'over' | Problem;

export interface CenterPorts {
  readonly fetch: typeof fetch;
  /** What proves that a change comes from this page; empty where nobody is signed in. */
  readonly csrf: () => string;
  /** Gets new cookies for the old. */
  readonly refresh: () => Promise<Refreshed>;
  /** The session is over and nothing brings it back. */
  readonly signedOut: () => void;
}

/**
 * What is answered 401 is asked again once, after a refresh; several calls that meet one wait for the same refresh, because a
 * refresh token is good for one use.
 */
export function createCenter(ports: CenterPorts): Center {
  let refreshing: Promise<Refreshed> | null = null;
  const refreshed = (): Promise<Refreshed> => {
    refreshing ??= ports.refresh().finally(() => {
      refreshing = null;
    });
    return refreshing;
  };
  const withRefresh = async <T>(attempt: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const first = await attempt();
    if (first.ok || first.problem.status !== 401) return first;
    const came = await refreshed();
    if (came === 'renewed') return attempt();
    // A center that is away for a moment has ended nothing: what is typed stays.
    if (came !== 'over') return { ok: false, problem: came };
    ports.signedOut();
    return first;
  };
  return {
    ask: (call) =>
      withRefresh(() =>
        whole(ports, call, async (response) => readAnswer(response.status, await response.text(), call.answer)),
      ),
    download: (call) =>
      withRefresh(() =>
        whole<Blob>(ports, call, async (response) =>
          response.ok
            ? { ok: true, value: await response.blob() }
            : readAnswer(response.status, await response.text(), NEVER),
        ),
      ),
  };
}

const NEVER = z.never();

/** The answer as it is read; of one that does not come, or breaks off, that it is so. */
async function whole<T>(
  ports: CenterPorts,
  call: Omit<Call<z.ZodType>, 'answer'>,
  read: (response: Response) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const response = await sent(ports, call);
  if (response === null) return { ok: false, problem: UNREACHABLE };
  try {
    return await read(response);
  } catch {
    return { ok: false, problem: methodOf(call) === 'GET' ? READ_CUT_OFF : CUT_OFF };
  }
}

const methodOf = ({ method, body }: Omit<Call<z.ZodType>, 'answer'>): string =>
  method ?? (body === undefined ? 'GET' : 'POST');

/** Null where the center does not answer. */
async function sent(ports: CenterPorts, call: Omit<Call<z.ZodType>, 'answer'>): Promise<Response | null> {
  const { path, body, reason, signal } = call;
  const method = methodOf(call);
  try {
    return await ports.fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'qd-csrf': ports.csrf() }),
        ...(reason ? { 'qd-reason': encodeURIComponent(reason) } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? null,
    });
  } catch {
    return null;
  }
}

/** Pure part of {@link Center.ask}: a status and a text as the answer they are. */
export function readAnswer<S extends z.ZodType>(status: number, text: string, schema: S): Answer<z.output<S>> {
  let json: unknown;
  try {
    json = text === '' ? {} : JSON.parse(text);
  } catch {
    return { ok: false, problem: strangeAnswer(status) };
  }
  if (status >= 200 && status < 300) {
    const value = schema.safeParse(json);
    return value.success ? { ok: true, value: value.data } : { ok: false, problem: strangeAnswer(status) };
  }
  const problem = ProblemSchema.safeParse(json);
  return { ok: false, problem: problem.success ? (problem.data satisfies Problem) : strangeAnswer(status) };
}
