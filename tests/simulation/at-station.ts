/** What a person does at a workstation of a run while its process lives: calls through the bridge, a sign-in, a look at what is old. */

import { CALLS, type CallInput, type CallName } from '../../domain/bridge/calls.ts';
import { type EntityRef, idOf } from '../../domain/kernel/ids.ts';
import type { Answer } from '../../server-bridge/dispatch/port.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Chance } from './chance.ts';
import { living, unlessFull } from './power.ts';
import type { Site } from './roster.ts';
import type { StationProcess } from './station-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Incidents among which one is chosen to be read. */
const MOST_READ = 400;

/** Through the bridge's door, as a window's call comes. */
export function call<N extends CallName>(
  { dispatch }: StationProcess,
  seat: string,
  name: N,
  input: CallInput<N>,
): Answer<unknown> {
  const answer = dispatch.call(name, CALLS[name].input.parse(input) as typeof input, { seat });
  if (answer instanceof Promise) throw new Error(`${name} did not answer at once`);
  return answer;
}

/** By what is held of them where the center is not reached. */
export function signIn(mine: StationProcess, site: Site, name: string, whose: string): void {
  const { position, positionName } = site.me(name);
  const takesOver = (session: string): void => {
    mine.me = { ...site.me(whose), position, positionName, session };
  };
  mine.center.signIn(whose).then(
    living(
      () => mine,
      (grant) =>
        unlessFull(() => {
          mine.store.saveGrant(grant, 'verifier');
          takesOver(grant.session);
        }),
    ),
    living(
      () => mine,
      () => {
        const held = mine.store
          .grants()
          .find(({ grant, verifier }) => grant.user === site.me(whose).user && verifier !== '');
        if (held && whose !== name) takesOver(held.grant.id);
      },
    ),
  );
}

/** Opens an incident for so long, in ms, of which some facts lie at the center alone; null where there is none. */
export function readOld(
  mine: StationProcess,
  seat: string,
  time: VirtualTime,
  by: Chance,
  ms: number,
): EntityRef | null {
  const { store, dispatch } = mine;
  const old = store.back('incident', null, MOST_READ).flatMap(({ ref }) => (store.lacksFacts(ref) ? [ref] : []));
  if (old.length === 0) return null;
  const ref = by.pick(old);
  const watched = dispatch.watch(`incident:${idOf(ref)}`, { seat }, () => undefined);
  if (watched.ok)
    time.after(
      ms,
      living(() => mine, watched.value.stop),
    );
  return ref;
}

/** How far each log is held, in one text. */
export const headsOf = (store: OpenStore): string =>
  store
    .heads()
    .map(({ log, seq, hash }) => `${log} ${seq} ${hash}`)
    .sort()
    .join('\n');
