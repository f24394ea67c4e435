import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Grant, grantText, type Roster, rosterText, type SessionOut } from '../../domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '../../sealing/signing.ts';
import { type Desk, IDENTITY, openDesk, ROSTER } from '../dispatch/testing/desk.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import { shownGrants } from './grants.ts';
import { guessesTold, untoldGuesses } from './guesses.ts';
import type { AccountsPort } from './port.ts';
import { createSessions } from './sessions.ts';
import { argon2Verifier } from './verifier.ts';

const HOUR = 3_600_000;
const PASSWORD = 'correct horse';
const SEAT = 'console';
const IDLE = 30 * 60_000;

let desk: Desk;
let key: Signer;
/** Hand-cranked timers: what waits, by when. */
let waiting: { ms: number; run: () => void }[];
const timers: Timers = {
  after: (ms, run) => {
    const entry = { ms, run };
    waiting.push(entry);
    return () => {
      waiting = waiting.filter((other) => other !== entry);
    };
  },
};

function grant(over: Partial<Grant> = {}, by: Signer = key): Grant {
  const { org, site, station } = IDENTITY;
  const now = Date.now();
  const unsigned = {
    id: 'grant-1',
    org,
    site,
    station,
    session: 'session-1',
    user: 'kim',
    login: 'kim',
    name: 'Kim Lee',
    roles: ['dispatcher' as const],
    issuedAt: now - HOUR,
    expiresAt: now + 12 * HOUR,
    ...over,
  };
  return { ...unsigned, sig: by.sign(grantText(unsigned)) };
}

function answer(over: Partial<SessionOut> = {}): SessionOut {
  return {
    session: 'session-1',
    user: 'kim',
    name: 'Kim Lee',
    roles: ['dispatcher'],
    accessToken: 'access-1',
    accessExpiresAt: Date.now() + 15 * 60_000,
    refreshToken: 'refresh-1',
    grant: grant(),
    idleLockMinutes: 30,
    ...over,
  };
}

const away: AccountsPort = {
  signIn: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
  refresh: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
  end: () => Promise.reject(new SyncFailure('unreachable', 'no route')),
};
const there = (over: Partial<AccountsPort> = {}): AccountsPort => ({
  signIn: async ({ user, password }) => {
    if (user !== 'kim' || password !== PASSWORD) throw new SyncFailure('unauthorized', 'no', 401);
    return answer();
  },
  refresh: async () => answer({ accessToken: 'access-2', refreshToken: 'refresh-2' }),
  end: async () => undefined,
  ...over,
});

const open = (accounts: AccountsPort, reached = true) =>
  createSessions({
    store: desk.store,
    accounts,
    verifier: argon2Verifier,
    timers,
    clock: Date.now,
    position: 'p1',
    centerReached: () => reached,
  });

beforeEach(() => {
  desk = openDesk();
  key = signerOf(newSigningKey());
  waiting = [];
  const roster: Omit<Roster, 'sig'> = {
    org: IDENTITY.org,
    site: IDENTITY.site,
    version: 1,
    centerKeys: [key.publicKey],
    peers: [],
  };
  desk.store.saveRoster({ ...roster, sig: key.sign(rosterText(roster)) }, [], []);
});
afterEach(() => desk.close());

describe('signing in', () => {
  it('asks for the code that the center asks for, and takes a missing one for no guess', async () => {
    const given: (string | undefined)[] = [];
    const accounts = there({
      signIn: async ({ code }) => {
        given.push(code);
        if (code === '123456') return answer();
        const [what, message] = code === undefined ? ['needed', 'Type the code.'] : ['refused', 'Not right.'];
        throw new SyncFailure('unauthorized', message, 401, `second_factor.${what}`);
      },
    });
    const sessions = open(accounts);
    for (let i = 0; i < 8; i++) {
      expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
        refusal: { code: 'second_factor.needed', message: 'Type the code.', field: 'code' },
      });
    }
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD, '000000')).toMatchObject({
      refusal: { code: 'second_factor.refused', field: 'code' },
    });
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD, '123456')).toMatchObject({ ok: true });
    expect(given.at(-1)).toBe('123456');
    // Whoever is in unlocks with the password alone, and so does a sign-in without the center: the workstation is known.
    sessions.lock(SEAT);
    expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ ok: true });
    expect(await open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ value: { offline: true } });
    for (let i = 0; i < 5; i++) await sessions.signIn('other', 'kim', PASSWORD, '000000');
    expect(await sessions.signIn('other', 'kim', PASSWORD, '123456')).toMatchObject({
      refusal: { code: 'session.wait' },
    });
  });

  it('asks the center, and then needs it no more', async () => {
    const online = open(there());
    expect(await online.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      ok: true,
      value: { session: 'session-1', offline: false, positionName: 'Position 1', name: 'Kim Lee' },
    });
    expect(online.author(SEAT)).toEqual({ position: 'p1', session: 'session-1', by: 'kim' });
    expect(online.accessToken(SEAT)).toBe('access-1');
    online.close();

    const offline = open(away, false);
    expect(offline.me(SEAT)).toBeNull();
    expect(await offline.signIn(SEAT, 'KIM', PASSWORD)).toMatchObject({
      ok: true,
      value: { offline: true, session: 'grant-1', grantExpired: false },
    });
    expect(offline.author(SEAT)).toMatchObject({ session: 'grant-1' });
    expect(offline.accessToken(SEAT)).toBeNull();
    expect(await offline.signIn('other', 'kim', 'wrong')).toMatchObject({
      ok: false,
      refusal: { code: 'session.wrong' },
    });
    expect(offline.me('other')).toBeNull();
  });

  it('keeps no password, only a verifier (ASVS 11.4.2)', async () => {
    await open(there()).signIn(SEAT, 'kim', PASSWORD);
    const [held] = desk.store.grants();
    expect(held?.verifier).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(desk.store.grants())).not.toContain(PASSWORD);
  });

  it('without the center opens to nobody who has not signed in here before', async () => {
    expect(await open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.never_here' } });
  });

  it('takes no grant that the center did not sign, or signed for another station', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    desk.store.saveGrant(grant({ id: 'forged' }, signerOf(newSigningKey())), verifier);
    desk.store.saveGrant(grant({ id: 'elsewhere', station: 'station-b' }), verifier);
    desk.store.saveGrant({ ...grant({ id: 'raised' }), roles: ['admin'] }, verifier);
    expect(await open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.never_here' } });
  });

  it('shows the center what it signed for this station and lasts, or ended lately, of every sign-in', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    const { store } = desk;
    const now = Date.now();
    const long = 200 * HOUR;
    store.saveGrant(grant({ id: 'long ago', user: 'old', issuedAt: now - long, expiresAt: now - long + 1 }), verifier);
    const ended = grant({ id: 'ended', user: 'vic', issuedAt: now - 3 * HOUR, expiresAt: now - HOUR });
    store.saveGrant(ended, verifier);
    store.saveGrant(grant({ id: 'forged', user: 'mallory' }, signerOf(newSigningKey())), verifier);
    store.saveGrant(grant({ id: 'elsewhere', user: 'lee', station: 'station-b' }), verifier);
    const before = grant({ id: 'before', session: 'session-0', issuedAt: now - 2 * HOUR });
    store.saveGrant(before, await argon2Verifier.of('the password before'));
    expect(shownGrants(store)()).toEqual([before, ended]);
    await open(there()).signIn(SEAT, 'kim', PASSWORD);
    expect(shownGrants(store)().map(({ id }) => id)).toEqual(['grant-1', 'before', 'ended']);
    // What stays of an earlier sign-in is the center's word alone: it opens nothing.
    expect(await open(away).signIn('other', 'kim', 'the password before')).toMatchObject({
      refusal: { code: 'session.wrong' },
    });
    expect(store.grants().find((held) => held.grant.id === 'before')?.verifier).toBe('');
  });

  it('warns of an expired grant and lets the work go on; a clock set back does not renew it', async () => {
    const now = Date.now();
    const verifier = await argon2Verifier.of(PASSWORD);
    desk.store.saveGrant(grant({ issuedAt: now - 3 * HOUR, expiresAt: now - HOUR }), verifier);
    const sessions = open(away);
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      ok: true,
      value: { grantExpired: true, roles: ['dispatcher'] },
    });
    desk.store.setClockOffset(-10 * HOUR, 0);
    expect(desk.store.now()).toBeLessThan(now - HOUR);
    expect(sessions.me(SEAT)?.grantExpired).toBe(true);
  });

  it('counts wrong passwords without the center in the store, and pauses by policy, a restart or not', async () => {
    desk.store.saveGrant(grant(), await argon2Verifier.of(PASSWORD));
    const guess = (sessions: ReturnType<typeof open>, n: number) => sessions.signIn(SEAT, 'kim', `guess ${n}`);
    const before = open(away, false);
    for (let i = 0; i < 3; i++) expect(await guess(before, i)).toMatchObject({ refusal: { code: 'session.wrong' } });
    before.close();
    const after = open(away, false);
    // At once, too: they are looked at one by one.
    const rest = await Promise.all([guess(after, 3), guess(after, 4), guess(after, 5)]);
    expect(rest.map((one) => (one.ok ? '' : one.refusal.code))).toEqual([
      'session.wrong',
      'session.wrong',
      'session.wait',
    ]);
    expect(await after.signIn(SEAT, 'KIM', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    after.close();
    const restarted = open(away, false);
    const paused = await restarted.signIn(SEAT, 'kim', PASSWORD);
    expect(paused).toMatchObject({ ok: false, refusal: { code: 'session.wait', field: 'password' } });
    expect(paused.ok ? '' : paused.refusal.message).toContain('30 min');
    // Turned back, the clock ends no pause; the time itself does.
    desk.store.setClockOffset(-HOUR, 0);
    expect(await restarted.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    desk.store.setClockOffset(31 * 60_000, 0);
    expect(await restarted.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });

    const [told] = untoldGuesses(desk.store);
    expect(told).toMatchObject({ login: 'kim', tries: 5, by: { tries: 5, windowMinutes: 15, pauseMinutes: 30 } });
    guessesTold(desk.store, told ? [{ ...told, at: told.at - 1 }] : []);
    expect(untoldGuesses(desk.store)).toHaveLength(1);
    guessesTold(desk.store, told ? [told] : []);
    expect(untoldGuesses(desk.store)).toEqual([]);
  });

  it('pauses as the organisation’s policy says, and no longer than until the center is reached', async () => {
    const lockout = { tries: 3, windowMinutes: 10, pauseMinutes: 60 };
    const first = open(there({ signIn: async () => answer({ lockout }) }));
    expect(await first.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
    first.close();
    const sessions = open(away, false);
    for (let i = 0; i < 3; i++) await sessions.signIn(SEAT, 'kim', `guess ${i}`);
    const paused = await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(paused.ok ? '' : paused.refusal.message).toContain('60 min');
    sessions.close();
    const back = open(there());
    expect(await back.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
    back.close();
    expect(await open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
  });

  it('pauses unlocking as well, where no center judges', async () => {
    desk.store.saveGrant(grant(), await argon2Verifier.of(PASSWORD));
    const sessions = open(away, false);
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    for (let i = 0; i < 5; i++)
      expect(await sessions.unlock(SEAT, `guess ${i}`)).toMatchObject({ refusal: { code: 'session.wrong' } });
    expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    expect(sessions.me(SEAT)?.locked).toBe(true);
  });

  it('does not wait for a center that is away, and ignores its answer when it comes late', async () => {
    const before = open(there());
    await before.signIn(SEAT, 'kim', PASSWORD);
    before.close();
    let say: (out: SessionOut) => void = () => undefined;
    const slow = there({ signIn: () => new Promise((resolve) => (say = resolve)) });
    const sessions = open(slow, false);
    const signing = sessions.signIn(SEAT, 'kim', PASSWORD);
    waiting.shift()?.run();
    expect(await signing).toMatchObject({ ok: true, value: { offline: true } });
    say(answer({ session: 'late' }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sessions.me(SEAT)).toMatchObject({ session: 'grant-1', offline: true });
  });
});

describe('while signed in', () => {
  it('locks and unlocks with the password, with or without the center', async () => {
    const sessions = open(there());
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    expect(sessions.me(SEAT)?.locked).toBe(true);
    expect(await sessions.unlock(SEAT, 'wrong')).toMatchObject({ ok: false });
    expect(sessions.me(SEAT)?.locked).toBe(true);
    expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ ok: true, value: { locked: false } });
  });

  it('renews its tokens in the background, and goes on by grant when the center has ended the session', async () => {
    let ended = false;
    const sessions = open(
      there({
        refresh: async () => {
          if (ended) throw new SyncFailure('unauthorized', 'ended', 401);
          return answer({ accessToken: 'access-2' });
        },
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    const turn = async (): Promise<void> => {
      const next = waiting.filter(({ ms }) => ms < IDLE)[0];
      waiting = waiting.filter((entry) => entry !== next);
      next?.run();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await turn();
    expect(sessions.accessToken(SEAT)).toBe('access-2');
    ended = true;
    await turn();
    expect(sessions.accessToken(SEAT)).toBeNull();
    expect(sessions.me(SEAT)).toMatchObject({ offline: true, ended: true, session: 'session-1' });
    expect(waiting.map(({ ms }) => ms)).toEqual([IDLE]);
  });

  it('keeps the grant that came with it, so that an outage finds the newest', async () => {
    const now = Date.now();
    const next = grant({ id: 'grant-2', issuedAt: now, expiresAt: now + 20 * HOUR });
    const sessions = open(there({ refresh: async () => answer({ accessToken: 'access-2', grant: next }) }));
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    waiting.filter(({ ms }) => ms < IDLE)[0]?.run();
    await expect.poll(() => sessions.accessToken(SEAT)).toBe('access-2');
    expect(shownGrants(desk.store)().map(({ id }) => id)).toEqual(['grant-2', 'grant-1']);
    sessions.close();
    const offline = open(away, false);
    expect(await offline.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true, value: { session: 'grant-2' } });
  });

  it('takes the roles that the center gives or withdraws meanwhile', async () => {
    const sessions = open(there());
    const seen: (readonly string[])[] = [];
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.onChange(() => seen.push(sessions.me(SEAT)?.roles ?? []));
    const cursor = desk.store.cursor();
    const put = (n: number, body: Record<string, unknown>): string =>
      desk.store.applyPage({
        epoch: cursor?.epoch ?? '',
        from: n - 1,
        items: [{ n, record: { kind: 'person', id: 'kim', version: n, body: body as never } }],
        keys: [],
        head: n,
      });
    const n = cursor?.n ?? 0;
    expect(put(n + 1, { user: 'kim', name: 'Kim Lee', roles: ['supervisor'], active: true })).toBe('applied');
    expect(put(n + 2, { user: 'kim', name: 'Kim Lee', roles: ['supervisor'], active: false })).toBe('applied');
    expect(seen).toEqual([['supervisor'], []]);
    sessions.signOut(SEAT);
    expect(await open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.revoked' } });
  });
});

describe('a seat that nobody touches', () => {
  const MINUTE = 60_000;
  let steady = 0;
  beforeEach(() => {
    steady = 0;
  });
  const openIdle = (accounts: AccountsPort) =>
    createSessions({
      store: desk.store,
      accounts,
      verifier: argon2Verifier,
      timers,
      clock: () => steady,
      position: 'p1',
      centerReached: () => true,
    });
  /** Lets time pass, and what is due in it happen. */
  const pass = (ms: number): void => {
    steady += ms;
    const [due] = waiting.filter((entry) => entry.ms <= ms).sort((a, b) => a.ms - b.ms);
    if (!due) return;
    waiting = waiting.filter((entry) => entry !== due);
    due.run();
  };
  const idleOnly = (): void => {
    waiting = waiting.filter((entry) => entry.ms !== Math.min(...waiting.map(({ ms }) => ms)));
  };
  const secure = (secured: boolean): void => {
    const cursor = desk.store.cursor();
    const n = (cursor?.n ?? 0) + 1;
    desk.store.applyPage({
      epoch: cursor?.epoch ?? '',
      from: n - 1,
      items: [{ n, record: { kind: 'position', id: 'p1', version: n, body: { name: '1', covers: '', secured } } }],
      keys: [],
      head: n,
    });
  };

  it('locks after the minutes that the center said, and not while it is used; it stays signed in (ASVS 7.3.1)', async () => {
    const sessions = openIdle(
      there({ signIn: async () => answer({ idleLockMinutes: 10, accessExpiresAt: Date.now() }) }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    idleOnly();
    pass(9 * MINUTE);
    sessions.active(SEAT);
    pass(2 * MINUTE);
    expect(waiting.map(({ ms }) => ms)).toEqual([10 * MINUTE]);
    pass(8 * MINUTE + 10 * MINUTE);
    expect(sessions.me(SEAT)).toMatchObject({ locked: true, session: 'session-1', offline: false });
    expect(sessions.accessToken(SEAT)).toBe('access-1');
    sessions.active(SEAT);
    expect(sessions.me(SEAT)?.locked).toBe(true);
  });

  it('does not lock by itself in a physically secure location, and does from when that is over', async () => {
    secure(true);
    const sessions = openIdle(
      there({ signIn: async () => answer({ idleLockMinutes: 1, accessExpiresAt: Date.now() }) }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    idleOnly();
    pass(60 * MINUTE);
    expect(sessions.me(SEAT)?.locked).toBe(false);
    sessions.lock(SEAT);
    expect(sessions.me(SEAT)?.locked).toBe(true);
    await sessions.unlock(SEAT, PASSWORD);
    secure(false);
    pass(60 * MINUTE);
    expect(sessions.me(SEAT)?.locked).toBe(true);
  });

  it('goes by what the center said last, without it too', async () => {
    const before = openIdle(there({ signIn: async () => answer({ idleLockMinutes: 3 }) }));
    await before.signIn(SEAT, 'kim', PASSWORD);
    before.close();
    waiting = [];
    const sessions = openIdle(away);
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(waiting.map(({ ms }) => ms)).toEqual([3 * MINUTE]);
  });
});

describe('a change of operator', () => {
  const lee = () =>
    answer({
      session: 'session-lee',
      user: 'lee',
      name: 'Lee',
      refreshToken: 'refresh-lee',
      grant: grant({ id: 'grant-lee', session: 'session-lee', user: 'lee', login: 'lee', name: 'Lee' }),
    });

  it('takes one step over the lock: the one before is signed out at the center, as replaced', async () => {
    const ended: [string, boolean][] = [];
    const sessions = open(
      there({
        signIn: async ({ user }) => (user === 'lee' ? lee() : answer()),
        end: async (token, replaced) => void ended.push([token, replaced]),
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    expect(await sessions.signIn(SEAT, 'lee', 'a password of lee')).toMatchObject({ ok: true, value: { user: 'lee' } });
    expect(sessions.me(SEAT)).toMatchObject({ user: 'lee', locked: false });
    expect(ended).toEqual([['refresh-1', true]]);
  });

  it('leaves the seat as it was where it is refused', async () => {
    const ended: string[] = [];
    const sessions = open(there({ end: async (token) => void ended.push(token) }));
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    expect(await sessions.signIn(SEAT, 'lee', 'not right')).toMatchObject({ refusal: { code: 'session.wrong' } });
    expect(sessions.me(SEAT)).toMatchObject({ user: 'kim', locked: true });
    expect(ended).toEqual([]);
  });

  it('tells a center that is away when it is back', async () => {
    const ended: string[] = [];
    let reached = false;
    const sessions = open(
      there({
        end: async (token) => {
          if (!reached) throw new SyncFailure('unreachable', 'no route');
          ended.push(token);
        },
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.signOut(SEAT);
    await new Promise((resolve) => setImmediate(resolve));
    reached = true;
    for (const entry of waiting.splice(0)) entry.run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual(['refresh-1']);
  });
});

describe('what the organisation keeps from a role', () => {
  it('is said of whoever sits here as soon as it is heard, and no longer than it holds', async () => {
    const sessions = open(there());
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(sessions.me(SEAT)?.keptBy).toBeNull();
    const heard: (string | null | undefined)[] = [];
    sessions.onChange((seat) => heard.push(sessions.me(seat)?.keptBy));
    const put = (version: number, permissions: readonly string[]): void => {
      const n = ROSTER.length + version;
      const withheld = permissions.map((permission) => ({ permission, reason: 'trainees listen', since: 1 }));
      const body = { role: 'dispatcher', withheld };
      const record = { kind: 'role_restriction', id: 'dispatcher', version, body };
      expect(desk.store.applyPage({ epoch: 'epoch-1', from: n - 1, items: [{ n, record }], keys: [], head: n })).toBe(
        'applied',
      );
    };
    put(1, ['incident.noted@1']);
    put(2, ['incident.read']);
    put(3, []);
    const sentence = 'Your organisation has taken this away from the role Dispatcher: trainees listen';
    expect(heard).toEqual([null, sentence, null]);
  });
});

describe('a session that the center ended', () => {
  it('is known at once, and the work goes on by the grant', async () => {
    const sessions = open(there());
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.ended('session-of-another');
    expect(sessions.me(SEAT)).toMatchObject({ ended: false, offline: false });
    sessions.ended('session-1');
    expect(sessions.me(SEAT)).toMatchObject({
      ended: true,
      offline: true,
      roles: ['dispatcher'],
      session: 'session-1',
    });
    expect(sessions.accessToken(SEAT)).toBeNull();
    sessions.lock(SEAT);
    expect(await sessions.unlock(SEAT, 'wrong')).toMatchObject({ ok: false });
    expect(sessions.me(SEAT)).toMatchObject({ ended: true, locked: true });
    await sessions.unlock(SEAT, PASSWORD);
    expect(sessions.me(SEAT)).toMatchObject({ ended: false, offline: false, locked: false });
  });

  it('is asked for as soon as the center is reached again', async () => {
    let asked = 0;
    const sessions = open(
      there({
        refresh: async () => {
          asked++;
          throw new SyncFailure('unauthorized', 'ended', 401);
        },
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.reached();
    for (const entry of waiting.filter(({ ms }) => ms === 0)) entry.run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    expect(sessions.me(SEAT)).toMatchObject({ ended: true });
  });
});

describe('without the center', () => {
  it('people have those of their roles that the grant names', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    desk.store.saveGrant(grant({ roles: ['dispatcher'] }), verifier);
    const cursor = desk.store.cursor();
    const n = (cursor?.n ?? 0) + 1;
    const body = { user: 'kim', name: 'Kim Lee', roles: ['admin', 'dispatcher'], active: true };
    desk.store.applyPage({
      epoch: cursor?.epoch ?? '',
      from: n - 1,
      items: [{ n, record: { kind: 'person', id: 'kim', version: n, body: body as never } }],
      keys: [],
      head: n,
    });
    const sessions = open(away, false);
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ value: { roles: ['dispatcher'] } });
  });

  it('nobody gets in whose roles do not count there', async () => {
    desk.store.saveGrant(grant({ roles: [] }), await argon2Verifier.of(PASSWORD));
    expect(await open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.roles' } });
  });
});
