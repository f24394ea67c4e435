/** The center's API as its operator uses it: by the token in the data folder, on its machine, without an account. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { noAnswerFrom } from './no-answer.ts';

/** What the operator reads instead of a result. */
export class Refused extends Error {
  /** The center's own word for it; null where it is not the center's. */
  readonly code: string | null;
  constructor(message: string, code: string | null = null) {
    super(message);
    this.code = code;
  }
}

interface Asked {
  /** Posted; `GET` without it. */
  readonly body?: object;
  /** How long the center may take to answer. ms */
  readonly patience?: number;
  /** For the audit. */
  readonly reason?: string;
}

export type AskAsOperator = <S extends z.ZodType>(path: string, answer: S, more?: Asked) => Promise<z.output<S>>;

export interface Operator {
  readonly ask: AskAsOperator;
  /** An answer that is no JSON, as it is. */
  readonly bytes: (path: string, more?: Asked) => Promise<Uint8Array>;
}

const PATIENCE = 30_000;
const TOO_MUCH = 429;

/**
 * `folder`: the data folder of the center that runs at `center`. A center that is asked more than it answers in a minute is asked
 * again when it says. Rejects with {@link Refused}.
 */
export async function operatorOf(center: string, folder: string): Promise<Operator> {
  const token = await operatorTokenIn(folder);
  const answered = async (path: string, { body, patience = PATIENCE, reason }: Asked): Promise<Response> => {
    for (;;) {
      const response = await fetch(new URL(`/v1/operator/organisations${path}`, center), {
        method: body ? 'POST' : 'GET',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(reason === undefined ? {} : { 'qd-reason': encodeURIComponent(reason) }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(patience),
      }).catch((error: unknown) => {
        throw new Refused(noAnswerFrom(center, error));
      });
      const wait = Number(response.headers.get('retry-after') ?? 0);
      if (response.status !== TOO_MUCH || !(wait > 0)) return response;
      await delay(wait * 1_000);
    }
  };
  const refusal = (said: unknown): Refused => {
    const problem = z.object({ code: z.string(), detail: z.string() }).safeParse(said);
    return problem.success ? new Refused(problem.data.detail, problem.data.code) : new Refused(noCenterAt(center));
  };
  return {
    ask: async (path, answer, more = {}) => {
      const response = await answered(path, more);
      const said: unknown = await response.json().catch(() => null);
      const read = response.ok ? answer.safeParse(said) : null;
      if (read?.success) return read.data;
      throw response.ok ? new Refused(noCenterAt(center)) : refusal(said);
    },
    bytes: async (path, more = {}) => {
      const response = await answered(path, more);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      throw refusal(await response.json().catch(() => null));
    },
  };
}

/** For whoever named the address of something else: a workstation's console, a proxy without its center. */
export const noCenterAt = (address: string): string =>
  `What answers at ${address} is no center of this version; name another with --center.`;

async function operatorTokenIn(folder: string): Promise<string> {
  const file = join(folder, 'operator.token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Refused(`${file} cannot be read: name the data folder of the running center with --data, as its owner.`);
  }
}
