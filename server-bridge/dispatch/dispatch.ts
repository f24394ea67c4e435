/**
 * The board and everything that can be done on it. Driven by windows through the bridge, and directly by simulation and
 * replay: it touches no network, no file and no timer but those it is given.
 */
import type { CallInput, CallName } from '../../domain/bridge/calls.ts';
import { findText } from '../../domain/bridge/topics.ts';
import { decideAction } from '../../domain/cad/actions/decide.ts';
import { isAction } from '../../domain/cad/actions/inputs.ts';
import { decideCommand } from '../../domain/cad/command/run.ts';
import { entityRef, uuidV7 } from '../../domain/kernel/ids.ts';
import { done, refused } from '../../domain/kernel/refusal.ts';
import { StoreFailure } from '../store/state.ts';
import type { Change } from '../store/store.ts';
import { type Board, createBoard } from './board.ts';
import { carryOut, meansOf, previewOf } from './board-actions.ts';
import { createFeed, type Source } from './feed.ts';
import { findSource } from './find-topic.ts';
import { closedTo } from './gates.ts';
import { createHandoffs } from './handoffs.ts';
import { type Followed, historySource, incidentSource } from './incident-topic.ts';
import type { Answer, Delta, Dispatch, Watch, Who } from './port.ts';
import { awaitRequest, putRoster, retryRequest, withdrawRequest } from './requests.ts';
import { reportsKeptBy } from './restrictions.ts';
import { type KeptSource, keptSource, meSource, ownerOf } from './seat-topics.ts';
import { presenceSource, reachSource, requestsSource, rosterSource } from './station-topics.ts';
import type { DispatchOptions } from './surroundings.ts';
import { erases } from './touched.ts';
import { anybody, type GatedOptions, gatedWatch, notedWatch, openWatch, readsPatients } from './watching.ts';
import { createWorld } from './world.ts';

/** Most characters of a draft or a layout as JSON. */
const MAX_KEPT = 256_000;

/** Topics that show callers and patients, and what was typed of them. */
const OF_PATIENTS = /^(board|drafts|incident:.*|history:.*|find:.*)$/;

const NO_NOTICES: Source = { feed: createFeed(['notices']), close: () => undefined };

type Handlers = { readonly [N in CallName]?: (input: never, who: Who) => Answer<unknown> | Promise<Answer<unknown>> };

export function createDispatch(options: DispatchOptions): Dispatch {
  const { store, random, timers, sessions, reach, documents, notices, reads, windowToken } = options;
  const { world, note } = createWorld(store, options.newer);
  const handoffs = createHandoffs(store);
  const newId = (): string => uuidV7(store.now(), random);
  const presence = presenceSource(options);

  // Topics are made when first watched; those of one incident or seat go with their last watcher.
  const lasting = new Map<string, Source>();
  const passing = new Map<string, { readonly source: Source; watchers: number }>();
  let board: Board | null = null;
  const followed = new Set<Followed>();
  const kept = new Set<KeptSource>();

  // What was committed stands, whatever goes wrong in showing it: the store must not hear of it.
  const showing = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      options.fault?.('board', error);
    }
  };
  const stopChanges = store.onChange((change: Change) =>
    showing(() => {
      const renumbered = note(change);
      handoffs.note(change.records);
      showing(() => board?.note(change, renumbered));
      for (const source of followed) showing(() => source.note(change));
      // What is erased takes with it what was being typed of it.
      if (erases(world, change)) for (const source of kept) showing(source.look);
    }),
  );

  const lastingSource = (topic: string): Source => {
    const held = lasting.get(topic);
    if (held) return held;
    const made = (): Source => {
      if (topic === 'reach') return reachSource(options);
      if (topic === 'requests') return requestsSource(options);
      if (topic === 'roster') return rosterSource({ store });
      if (topic === 'presence') return presence;
      board = createBoard(options, world);
      return board;
    };
    const source = made();
    lasting.set(topic, source);
    return source;
  };

  const make = (topic: string, seat: string): Source => {
    if (topic === 'me') return meSource(sessions, seat);
    if (topic === 'notices') return notices?.source(seat) ?? NO_NOTICES;
    if (topic === 'drafts' || topic === 'layouts') {
      const source = keptSource({ store, sessions, seat, space: topic === 'drafts' ? 'draft' : 'layout' });
      kept.add(source);
      return source;
    }
    const id = topic.slice(topic.indexOf(':') + 1);
    const text = findText(topic);
    if (text !== null) {
      const source = findSource(options, world, text);
      followed.add(source);
      return source;
    }
    const source = topic.startsWith('incident:') ? incidentSource(world, handoffs, id) : historySource(world, id);
    followed.add(source);
    return source;
  };

  const passingSource = (topic: string, seat: string): { source: Source; leave: () => void } => {
    const key = topic.includes(':') ? topic : `${topic} ${seat}`;
    const held = passing.get(key) ?? { source: make(topic, seat), watchers: 0 };
    held.watchers++;
    passing.set(key, held);
    const leave = (): void => {
      if (--held.watchers > 0) return;
      passing.delete(key);
      followed.delete(held.source as Followed);
      kept.delete(held.source as KeptSource);
      held.source.close();
    };
    return { source: held.source, leave };
  };

  const ofPatients = readsPatients(store);
  const gated = (topic: string, watched: Pick<GatedOptions, 'feed' | 'seat' | 'listener' | 'onStop'>): Watch => {
    const options = { ...watched, sessions, mayRead: OF_PATIENTS.test(topic) ? ofPatients : anybody };
    return reads ? notedWatch(options, (rows) => reads.shown(options.seat, topic, rows)) : gatedWatch(options);
  };

  const watch = (topic: string, { seat }: Who, listener: (delta: Delta) => void): ReturnType<Dispatch['watch']> => {
    const nothing = (): void => undefined;
    if (topic === 'reach') return done(openWatch(lastingSource(topic).feed, listener, nothing));
    if (['board', 'requests', 'roster', 'presence'].includes(topic)) {
      return done(gated(topic, { feed: lastingSource(topic).feed, seat, listener, onStop: nothing }));
    }
    if (!/^(me|drafts|layouts|notices|incident:[\w.-]+|history:[\w.-]+)$/.test(topic) && !findText(topic)) {
      return refused('topic.unknown', 'There is no such topic.', 'topic');
    }
    const { source, leave } = passingSource(topic, seat);
    if (topic === 'me') return done(openWatch(source.feed, listener, leave));
    return done(gated(topic, { feed: source.feed, seat, listener, onStop: leave }));
  };

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
    for (const source of kept) source.look();
    return done({});
  };

  const nothingTo = (run: () => void): Answer<Record<string, never>> => {
    run();
    return done({});
  };

  const handlers: Handlers = {
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

  const answer = (name: CallName, input: never, who: Who): Answer<unknown> | Promise<Answer<unknown>> => {
    const me = sessions.me(who.seat);
    const closed = closedTo(name, me);
    if (closed) return closed;
    if (me && isAction(name)) {
      const decided = decideAction(name, input, world, meansOf(store, newId));
      return carryOut(decided, me, sessions.author(who.seat), store);
    }
    if (me && name === 'command.run') {
      const decided = decideCommand(input, world, meansOf(store, newId));
      return carryOut(decided, me, sessions.author(who.seat), store);
    }
    if (me && name === 'command.preview') {
      // A number that is leased is not used up by looking.
      const means = { ...meansOf(store, newId), takeNumber: () => '' };
      return previewOf(decideCommand(input, world, means), me, store);
    }
    const handler = handlers[name];
    return handler ? handler(input, who) : refused('call.unknown', 'There is no such call.', 'name');
  };

  const storeRefused = (error: unknown): ReturnType<typeof refused> => {
    if (!(error instanceof StoreFailure)) throw error;
    if (error.state === 'corrupted') options.fault?.('store', error);
    return refused(`store.${error.state.replaceAll(' ', '_')}`, `${error.message} ${error.wayOut}`);
  };

  return {
    call: (name, input, who) => {
      try {
        const given = answer(name, input as never, who) as Answer<never> | Promise<Answer<never>>;
        return given instanceof Promise ? given.catch(storeRefused) : given;
      } catch (error) {
        return storeRefused(error);
      }
    },
    watch,
    close: () => {
      stopChanges();
      for (const source of lasting.values()) source.close();
      for (const { source } of passing.values()) source.close();
      presence.close();
    },
  };
}
