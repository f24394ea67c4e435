/** Who is signed in at this browser. The tokens are in cookies that no script reads; what is here is who they speak for. */
import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { WebSessionOutSchema, type WhoAmIOut, WhoAmIOutSchema } from '#domain/identity/api/web.ts';
import { type Center, createCenter } from '../api/center.ts';
import { type Answer, type Problem, UNREACHABLE } from '../api/problem.ts';
import { forget } from '../api/use-center.ts';
import { createLeaving } from './leaving.ts';

export type Me = WhoAmIOut;

type Standing =
  | { readonly at: 'asking' }
  | { readonly at: 'out'; readonly why: string | null }
  | { readonly at: 'in'; readonly me: Me };

const store = createStore<{ readonly standing: Standing }>(() => ({ standing: { at: 'asking' } }));
const stand = (standing: Standing): void => store.setState({ standing });
export const useStanding = (): Standing => useStore(store, ({ standing }) => standing);

/** `__Host-` over https, where a neighbour's page could otherwise plant one. */
const CSRF_COOKIE = /(?:^|; )(?:__Host-)?qd-csrf=([^;]*)/;

const NothingSchema = z.strictObject({});

export const center: Center = createCenter({
  fetch: (input, init) => fetch(input, init),
  csrf: () => CSRF_COOKIE.exec(document.cookie)?.[1] ?? '',
  refresh: async () => {
    const answer = await doors.ask({ path: '/v1/web/refresh', body: {}, answer: WebSessionOutSchema });
    if (answer.ok) return 'renewed';
    return saysNo(answer.problem) ? 'over' : answer.problem;
  },
  signedOut: () => {
    if (store.getState().standing.at === 'in') out('Your session has ended. Sign in to go on.');
  },
});

/** The same way without a second try: what refreshing and signing in themselves go by. */
const doors: Center = createCenter({
  fetch: (input, init) => fetch(input, init),
  csrf: () => CSRF_COOKIE.exec(document.cookie)?.[1] ?? '',
  refresh: () => Promise.resolve('over'),
  signedOut: () => undefined,
});

function out(why: string | null): void {
  forget();
  stand({ at: 'out', why });
}

/** Whether the center looked at it and refused; it may also be away, or busy. */
const saysNo = ({ status }: Problem): boolean => status === 401 || status === 403;

const leaving = createLeaving({
  end: async () => {
    const answer = await doors.ask({ path: '/v1/web/end', body: {}, answer: NothingSchema });
    return answer.ok || saysNo(answer.problem);
  },
  storage: window.localStorage,
  after: (ms, run) => window.setTimeout(run, ms),
  onHeard: () => out('You are signed out.'),
});

/** Asks who is signed in, and holds it. */
export async function lookWho(): Promise<void> {
  if (!(await leaving.settled())) return out(UNREACHABLE.detail);
  const answer = await center.ask({ path: '/v1/web/session', answer: WhoAmIOutSchema });
  if (answer.ok) return stand({ at: 'in', me: answer.value });
  out(answer.problem.status === 401 ? null : answer.problem.detail);
}

/** Signs in; `body` is what a door of sign-in takes. */
export async function signIn(path: string, body: object): Promise<Answer<unknown>> {
  const answer = await leaving.enter(() => doors.ask({ path, body, answer: WebSessionOutSchema }));
  if (answer.ok) await lookWho();
  return answer;
}

export async function signOut(): Promise<void> {
  const heard = await leaving.leave();
  out(
    heard ? null : 'The center does not answer: it ends your session when this page reaches it. Leave the page open.',
  );
}
