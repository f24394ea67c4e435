/** The center's API, as any program with an account uses it. */
import { z } from 'zod';
import type { Administrator } from '../start/enrolment.ts';
import { answerOf, CenterRefused } from './answers.ts';

const SessionSchema = z.object({ accessToken: z.string(), accessExpiresAt: z.number() });
const PageSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

export interface CenterApi {
  /** Rejects where the center takes longer than `patience` ms to answer (30 s). */
  readonly get: (path: string, patience?: number) => Promise<unknown>;
  readonly post: (path: string, body: object) => Promise<unknown>;
  /** Every row of a kind that this account may read, page by page; what is sealed in it is opened unless told otherwise. */
  readonly all: (kind: string, sealed?: 'open' | 'closed') => Promise<readonly { readonly [field: string]: unknown }[]>;
}

const PAGE = 500;
const PATIENCE = 30_000;

/**
 * Signs in; a token that is about to run out is replaced by signing in again. `code`: asked for a second factor where the
 * center wants one. Rejects with what the center said.
 */
export async function signInToCenter(
  url: string,
  account: Administrator,
  code?: () => Promise<string>,
): Promise<CenterApi> {
  let token = '';
  let until = 0;
  const signIn = async (): Promise<unknown> => {
    const post = (body: object): Promise<unknown> => ask('/v1/sessions', { method: 'POST', body }, false);
    try {
      return await post(account);
    } catch (error) {
      if (!(error instanceof CenterRefused) || error.code !== 'second_factor.needed' || !code) throw error;
      return post({ ...account, code: await code() });
    }
  };
  const ask = async (
    path: string,
    init: { method: string; body?: object; patience?: number },
    authorised = true,
  ): Promise<unknown> => {
    if (authorised && Date.now() > until - 60_000) {
      const session = SessionSchema.parse(await signIn());
      token = session.accessToken;
      until = session.accessExpiresAt;
    }
    const response = await fetch(new URL(path, url), {
      method: init.method,
      headers: {
        ...(init.body ? { 'content-type': 'application/json' } : {}),
        ...(authorised ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(init.body ? { body: JSON.stringify(init.body) } : {}),
      signal: AbortSignal.timeout(init.patience ?? PATIENCE),
    });
    return answerOf(response, url);
  };
  const api: CenterApi = {
    get: (path, patience = PATIENCE) => ask(path, { method: 'GET', patience }),
    post: (path, body) => ask(path, { method: 'POST', body }),
    all: async (kind, sealed = 'open') => {
      const rows: { readonly [field: string]: unknown }[] = [];
      let cursor: string | null = null;
      do {
        const after: string = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
        const page = PageSchema.parse(
          await api.get(`/v1/entities/${kind}?limit=${PAGE}${sealed === 'open' ? '&sealed=open' : ''}${after}`),
        );
        rows.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return rows;
    },
  };
  await api.get('/v1/sites');
  return api;
}
