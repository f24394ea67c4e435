/**
 * Who is signed in at a station. An expired grant warns and never stops dispatching. Nothing here survives a restart: a
 * restarted station asks for the password again.
 */
import type { Me } from '../../domain/bridge/calls.ts';
import type { Author } from '../../domain/kernel/fact.ts';
import type { SessionOut } from '../../domain/wire/sync.ts';
import { patientsKeptBy } from '../dispatch/restrictions.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Change } from '../store/store.ts';
import { grantOf, grantTime } from './grants.ts';
import { createGuesses } from './guesses.ts';
import { idleLimitOf, keepIdleLimit } from './idle.ts';
import type { Sessions, SessionsOptions } from './port.ts';
import { meOf, type Person, type Seated } from './seated.ts';
import { createSeats } from './seats.ts';
import { createSignIn } from './sign-in.ts';

const NOBODY: Author = { position: null, session: null, by: null };

export function createSessions(options: SessionsOptions): Sessions {
  const { store, accounts, timers, clock, position } = options;
  const guesses = createGuesses(store, () => grantTime(store));

  const keepPolicy = (out: SessionOut): void => {
    keepIdleLimit(store, out.idleLockMinutes);
    if (out.lockout) guesses.keepPolicy(out.lockout);
  };
  /** With the password that opened the one before: an outage that begins now finds the newest. */
  const keepGrant = ({ grant }: SessionOut): void => {
    const held = grantOf(store, grant.login);
    if (held?.grant.user === grant.user) keptIfRoom(() => store.saveGrant(grant, held.verifier));
  };

  const seats = createSeats({
    accounts,
    timers,
    clock,
    now: store.now,
    idleLimit: () => idleLimitOf(store, position),
    onRenewed: (out) => {
      keepPolicy(out);
      keepGrant(out);
    },
  });

  const shown = (seated: Seated): Me => {
    const seat = position === null ? undefined : store.record('position', position)?.body;
    return meOf(seated, {
      person: store.record('person', seated.user)?.body as Person | null | undefined,
      position,
      positionName: typeof seat?.name === 'string' ? seat.name : (position ?? store.identity.name),
      time: grantTime(store),
      keptBy: (roles) => patientsKeptBy(store, roles),
    });
  };

  let looked = grantTime(store);
  /** A grant that ran out while somebody sits there is told with the first that is entered, or comes, after it did. */
  const ranOut = (): void => {
    const [before, now] = [looked, grantTime(store)];
    looked = now;
    for (const [seat, { grant }] of seats.all())
      if (before < grant.expiresAt !== now < grant.expiresAt) seats.say(seat);
  };
  const changed = ({ records }: Change): void => {
    ranOut();
    const touched = new Set(records.filter((r) => r.kind === 'person' || r.kind === 'position').map((r) => r.id));
    // What the organisation takes away from a role is everybody's to hear.
    const everybody = records.some((r) => r.kind === 'role_restriction');
    if (touched.size === 0 && !everybody) return;
    for (const [seat, seated] of seats.all()) {
      if (everybody || touched.has(seated.user) || touched.has(position ?? '')) seats.say(seat);
    }
  };
  const stop = store.onChange(changed);

  return {
    me: (seat) => {
      const seated = seats.at(seat);
      return seated ? shown(seated) : null;
    },
    author: (seat) => {
      const seated = seats.at(seat);
      return seated ? { position, session: seated.session, by: seated.user } : NOBODY;
    },
    accessToken: (seat) => seats.at(seat)?.online?.accessToken ?? null,
    ...createSignIn({ ...options, seats, guesses, meOf: shown, onSaid: keepPolicy }),
    signOut: (seat) => {
      seats.nextTurn(seat);
      seats.put(seat, null);
    },
    lock: seats.lock,
    active: seats.touched,
    ended: seats.ended,
    reached: seats.renewAll,
    onChange: seats.onChange,
    close: () => {
      stop();
      seats.close();
    },
  };
}
