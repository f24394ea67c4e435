/** What can be asked of a station besides actions and commands: sessions, requests, what is kept for a seat, documents. */
import type { CallInput, CallName } from '../../domain/bridge/calls.ts';
import { entityRef } from '../../domain/kernel/ids.ts';
import { done, refused } from '../../domain/kernel/refusal.ts';
import type { Answer, Who } from './port.ts';
import { awaitRequest, putRoster, retryRequest, withdrawRequest } from './requests.ts';
import { reportsKeptBy } from './restrictions.ts';
import { ownerOf } from './seat-topics.ts';
import type { Sources } from './sources.ts';
import type { DispatchOptions } from './surroundings.ts';

/** Most characters of a draft or a layout as JSON. */
const MAX_KEPT = 256_000;
/** A network that comes and goes, in every window: the center is tried for it no more often. ms */
const RETURNS_EVERY_MS = 2_000;

export type Handlers = {
  readonly [N in CallName]?: (input: never, who: Who) => Answer<unknown> | Promise<Answer<unknown>>;
};

export function handlersOf(
  options: DispatchOptions,
  { presence, keptChanged }: Pick<Sources, 'presence' | 'keptChanged'>,
  newId: () => string,
): Handlers {
  const { store, clock, timers, sessions, reach, documents, notices, reads, windowToken } = options;

  const keep = (who: Who, space: 'draft' | 'layout', key: string, value: CallInput<'draft.save'>['value']) => {
    const me = sessions.me(who.seat);
    if (!me) return refused('session.needed', 'Nobody is signed in here: sign in.');
    if (JSON.stringify(value).length > MAX_KEPT) {
      return refused('field.invalid', 'This is too large to be kept.', space === 'draft' ? 'value' : 'layout');
    }
    // A form that stands open on what was erased meanwhile must not bring any of it back.
    if (value !== null && key.split(':').some((part) => store.isErased(entityRef('incident', part))))
      return refused('incident.erased', 'This incident was erased: nothing more is kept of it.', 'key');
    store.saveValue(space, ownerOf(space, me, store), key, value as never);
    keptChanged();
    return done({});
  };

  const nothingTo = (run: () => void): Answer<Record<string, never>> => {
    run();
    return done({});
  };

  let returnedAt = Number.NEGATIVE_INFINITY;
  const networkReturned = (): void => {
    const at = clock();
    // By its distance: the clock may be set back meanwhile.
    if (Math.abs(at - returnedAt) < RETURNS_EVERY_MS) return;
    returnedAt = at;
    reach?.networkReturned();
  };

  return {
    'network.returned': () => nothingTo(networkReturned),
    'session.sign_in': (input: CallInput<'session.sign_in'>, who) =>
      sessions.signIn(who.seat, input.user, input.password, input.code),
    'session.sign_out': (_input, who) => nothingTo(() => sessions.signOut(who.seat)),
    'session.lock': (_input, who) => nothingTo(() => sessions.lock(who.seat)),
    'session.active': (_input, who) => nothingTo(() => sessions.active(who.seat)),
    'session.unlock': (input: CallInput<'session.unlock'>, who) =>
      sessions.unlock(who.seat, input.password, input.code),
    'notices.seen': (input: CallInput<'notices.seen'>, who) => nothingTo(() => notices?.seen(who.seat, input.upTo)),
    'window.token': (_input, who) =>
      windowToken
        ? done({ token: windowToken(who.seat) })
        : refused('window.none', 'This station opens no further windows.'),
    'roster.put': (input: CallInput<'roster.put'>, who) => {
      const roles = sessions.me(who.seat)?.roles ?? [];
      const outcome = putRoster(input, { author: sessions.author(who.seat), roles }, store, newId);
      if (outcome.ok) reach?.wake();
      return outcome;
    },
    'request.await': (input: CallInput<'request.await'>) => awaitRequest(store, timers, input),
    'request.retry': (input: CallInput<'request.retry'>) => {
      const outcome = retryRequest(store, input.request, newId);
      if (outcome.ok) reach?.wake();
      return outcome;
    },
    'request.withdraw': (input: CallInput<'request.withdraw'>) => withdrawRequest(store, input.request),
    'presence.editing': (input: CallInput<'presence.editing'>, who) => {
      const me = sessions.me(who.seat);
      if (!me) return done({});
      const { station } = store.identity;
      presence.here({
        station,
        position: me.positionName,
        name: me.name,
        incident: input.incident,
        field: input.field,
      });
      return done({});
    },
    'draft.save': (input: CallInput<'draft.save'>, who) => keep(who, 'draft', input.key, input.value),
    'layout.save': (input: CallInput<'layout.save'>, who) => keep(who, 'layout', input.name, input.layout),
    'document.open': async (input: CallInput<'document.open'>, who) => {
      const why = reportsKeptBy(store, sessions.me(who.seat)?.roles ?? []);
      if (why !== null) return refused('document.role', why, 'id');
      if (!documents) return refused('document.unavailable', 'No documents are kept here.', 'id');
      const opened = await documents.open(input.id, sessions.accessToken(who.seat));
      if (opened.ok) reads?.opened(who.seat, input.id);
      return opened;
    },
  };
}
