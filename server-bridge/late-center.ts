/** The center as a station asks it: what speaks to it is loaded with the first question, for a console is there before the center is. */
import type { HttpCenter, HttpCenterOptions } from './sync/http-center.ts';
import { SyncFailure } from './sync/ports.ts';

export interface LateCenter extends Pick<HttpCenter, 'accounts' | 'notices' | 'document' | 'reads' | 'close'> {
  /** All of it. Rejects with SyncFailure where the station has no center. */
  readonly whole: () => Promise<HttpCenter>;
}

/** `url`: null for a station that has no center (yet). */
export function lateCenter({
  url,
  ...options
}: Omit<HttpCenterOptions, 'url'> & { readonly url: string | null }): LateCenter {
  let asked: Promise<HttpCenter> | null = null;
  const whole = (): Promise<HttpCenter> => {
    if (url === null) return Promise.reject(new SyncFailure('unreachable', 'This station has no center.'));
    asked ??= import('./sync/http-center.ts').then(({ createHttpCenter }) => createHttpCenter({ url, ...options }));
    return asked;
  };
  return {
    whole,
    accounts: {
      signIn: async (input) => (await whole()).accounts.signIn(input),
      refresh: async (token) => (await whole()).accounts.refresh(token),
      end: async (token, replaced) => (await whole()).accounts.end(token, replaced),
    },
    notices: {
      newest: async (token) => (await whole()).notices.newest(token),
      seen: async (upTo, token) => (await whole()).notices.seen(upTo, token),
    },
    document: async (path, token) => (await whole()).document(path, token),
    reads: async (input) => (await whole()).reads(input),
    close: async () => {
      if (asked) await (await asked).close();
    },
  };
}
