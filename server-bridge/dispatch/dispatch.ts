/**
 * The board and everything that can be done on it. Driven by windows through the bridge, and directly by simulation and
 * replay: it touches no network, no file and no timer but those it is given.
 */
import type { CallName } from '../../domain/bridge/calls.ts';
import { findText } from '../../domain/bridge/topics.ts';
import { decideAction } from '../../domain/cad/actions/decide.ts';
import { isAction } from '../../domain/cad/actions/inputs.ts';
import { decideCommand } from '../../domain/cad/command/run.ts';
import { uuidV7 } from '../../domain/kernel/ids.ts';
import { done, refused } from '../../domain/kernel/refusal.ts';
import { StoreFailure } from '../store/state.ts';
import { carryOut, meansOf, previewOf } from './board-actions.ts';
import { closedTo } from './gates.ts';
import { handlersOf } from './handlers.ts';
import type { Answer, Delta, Dispatch, Watch, Who } from './port.ts';
import { createSources } from './sources.ts';
import type { DispatchOptions } from './surroundings.ts';
import { anybody, type GatedOptions, gatedWatch, notedWatch, openWatch, readsPatients } from './watching.ts';
import { createWorld } from './world.ts';

/** Topics that show callers and patients, and what was typed of them. */
const OF_PATIENTS = /^(board|drafts|incident:.*|history:.*|find:.*)$/;

export function createDispatch(options: DispatchOptions): Dispatch {
  const { store, random, sessions, reads } = options;
  const kept = createWorld(store, options.newer);
  const { world } = kept;
  const newId = (): string => uuidV7(store.now(), random);
  const sources = createSources(options, kept);
  const handlers = handlersOf(options, sources, newId);

  const ofPatients = readsPatients(store);
  const gated = (topic: string, watched: Pick<GatedOptions, 'feed' | 'seat' | 'listener' | 'onStop'>): Watch => {
    const options = { ...watched, sessions, mayRead: OF_PATIENTS.test(topic) ? ofPatients : anybody };
    return reads ? notedWatch(options, (rows) => reads.shown(options.seat, topic, rows)) : gatedWatch(options);
  };

  const watch = (topic: string, { seat }: Who, listener: (delta: Delta) => void): ReturnType<Dispatch['watch']> => {
    const nothing = (): void => undefined;
    if (topic === 'reach') return done(openWatch(sources.lasting(topic).feed, listener, nothing));
    if (['board', 'requests', 'roster', 'presence'].includes(topic)) {
      return done(gated(topic, { feed: sources.lasting(topic).feed, seat, listener, onStop: nothing }));
    }
    if (!/^(me|drafts|layouts|notices|incident:[\w.-]+|history:[\w.-]+)$/.test(topic) && !findText(topic)) {
      return refused('topic.unknown', 'There is no such topic.', 'topic');
    }
    const { source, leave } = sources.passing(topic, seat);
    if (topic === 'me') return done(openWatch(source.feed, listener, leave));
    return done(gated(topic, { feed: source.feed, seat, listener, onStop: leave }));
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
      // A number that is leased is not used up by looking; what stands for it is one as facts go.
      const means = { ...meansOf(store, newId), takeNumber: () => 'next' };
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
    close: sources.close,
  };
}
