import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROSTER } from '../dispatch/testing/desk.ts';
import { StoreFailure } from '../store/state.ts';
import { SyncFailure } from '../sync/ports.ts';
import { shownGrants } from './grants.ts';
import type { AccountsPort } from './port.ts';
import { away, HOUR, openSeatDesk, PASSWORD, SEAT, type SeatDesk } from './testing/seat-desk.ts';
import { argon2Verifier } from './verifier.ts';

const IDLE = 30 * 60_000;

let seat: SeatDesk;
beforeEach(() => {
  seat = openSeatDesk();
});
afterEach(() => seat.desk.close());

describe('while signed in', () => {
  it('locks and unlocks with the password, with or without the center', async () => {
    const sessions = seat.open(seat.there());
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    expect(sessions.me(SEAT)?.locked).toBe(true);
    expect(await sessions.unlock(SEAT, 'wrong')).toMatchObject({ ok: false });
    expect(sessions.me(SEAT)?.locked).toBe(true);
    expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ ok: true, value: { locked: false } });
  });

  it('renews its tokens in the background, and goes on by grant when the center has ended the session', async () => {
    let ended = false;
    const sessions = seat.open(
      seat.there({
        refresh: async () => {
          if (ended) throw new SyncFailure('unauthorized', 'ended', 401);
          return seat.answer({ accessToken: 'access-2' });
        },
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    const turn = async (): Promise<void> => {
      const next = seat.waiting.filter(({ ms }) => ms < IDLE)[0];
      seat.waiting = seat.waiting.filter((entry) => entry !== next);
      next?.run();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await turn();
    expect(sessions.accessToken(SEAT)).toBe('access-2');
    ended = true;
    await turn();
    expect(sessions.accessToken(SEAT)).toBeNull();
    expect(sessions.me(SEAT)).toMatchObject({ offline: true, ended: true, session: 'session-1' });
    expect(seat.waiting.map(({ ms }) => ms)).toEqual([IDLE]);
  });

  it('goes on renewing them while the disk is full: the session outlasts it', async () => {
    let refreshed = 0;
    const sessions = seat.open(
      seat.there({ refresh: async () => seat.answer({ accessToken: `access-${++refreshed + 1}` }) }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    const full = vi.spyOn(seat.desk.store, 'saveValue').mockImplementation(() => {
      throw new StoreFailure('disk full');
    });
    const renewals = () => seat.waiting.filter(({ ms }) => ms < IDLE);
    for (const token of ['access-2', 'access-3']) {
      const [next] = renewals();
      expect(renewals()).toHaveLength(1);
      seat.waiting = seat.waiting.filter((entry) => entry !== next);
      next?.run();
      await expect.poll(() => sessions.accessToken(SEAT)).toBe(token);
    }
    full.mockRestore();
  });

  it('keeps the grant that came with it, so that an outage finds the newest', async () => {
    const now = Date.now();
    const next = seat.grant({ id: 'grant-2', issuedAt: now, expiresAt: now + 20 * HOUR });
    const sessions = seat.open(
      seat.there({ refresh: async () => seat.answer({ accessToken: 'access-2', grant: next }) }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    seat.waiting.filter(({ ms }) => ms < IDLE)[0]?.run();
    await expect.poll(() => sessions.accessToken(SEAT)).toBe('access-2');
    expect(shownGrants(seat.desk.store)().map(({ id }) => id)).toEqual(['grant-2', 'grant-1']);
    sessions.close();
    const offline = seat.open(away, false);
    expect(await offline.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true, value: { session: 'grant-2' } });
  });

  it.each([
    ['by the center', (): readonly [AccountsPort, boolean] => [seat.there(), true]],
    ['by a grant', (): readonly [AccountsPort, boolean] => [away, false]],
  ])('is told that the grant ran out with the first that is entered after it did, let in %s', async (_, letIn) => {
    const sessions = seat.open(...letIn());
    const { store, dispatch } = seat.desk;
    store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    const told: (boolean | undefined)[] = [];
    sessions.onChange((at) => told.push(sessions.me(at)?.grantExpired));
    const enter = (): unknown => dispatch.call('incident.open', {}, { seat: 'desk' });
    enter();
    expect(told).toEqual([]);
    store.setClockOffset(13 * HOUR, 0);
    enter();
    enter();
    expect(told).toEqual([true]);
  });

  it('takes the roles that the center gives or withdraws meanwhile', async () => {
    const sessions = seat.open(seat.there());
    const seen: (readonly string[])[] = [];
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.onChange(() => seen.push(sessions.me(SEAT)?.roles ?? []));
    const cursor = seat.desk.store.cursor();
    const put = (n: number, body: Record<string, unknown>): string =>
      seat.desk.store.applyPage({
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
    expect(await seat.open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.revoked' } });
  });
});

describe('a seat that nobody touches', () => {
  const MINUTE = 60_000;
  let steady = 0;
  beforeEach(() => {
    steady = 0;
  });
  const openIdle = (accounts: AccountsPort) => seat.open(accounts, true, () => steady);
  /** Lets time pass, and what is due in it happen. */
  const pass = (ms: number): void => {
    steady += ms;
    const [due] = seat.waiting.filter((entry) => entry.ms <= ms).sort((a, b) => a.ms - b.ms);
    if (!due) return;
    seat.waiting = seat.waiting.filter((entry) => entry !== due);
    due.run();
  };
  const idleOnly = (): void => {
    seat.waiting = seat.waiting.filter((entry) => entry.ms !== Math.min(...seat.waiting.map(({ ms }) => ms)));
  };
  const secure = (secured: boolean): void => {
    const cursor = seat.desk.store.cursor();
    const n = (cursor?.n ?? 0) + 1;
    seat.desk.store.applyPage({
      epoch: cursor?.epoch ?? '',
      from: n - 1,
      items: [{ n, record: { kind: 'position', id: 'p1', version: n, body: { name: '1', covers: '', secured } } }],
      keys: [],
      head: n,
    });
  };

  it('locks after the minutes that the center said, and not while it is used; it stays signed in (ASVS 7.3.1)', async () => {
    const sessions = openIdle(
      seat.there({ signIn: async () => seat.answer({ idleLockMinutes: 10, accessExpiresAt: Date.now() }) }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    idleOnly();
    pass(9 * MINUTE);
    sessions.active(SEAT);
    pass(2 * MINUTE);
    expect(seat.waiting.map(({ ms }) => ms)).toEqual([10 * MINUTE]);
    pass(8 * MINUTE + 10 * MINUTE);
    expect(sessions.me(SEAT)).toMatchObject({ locked: true, session: 'session-1', offline: false });
    expect(sessions.accessToken(SEAT)).toBe('access-1');
    sessions.active(SEAT);
    expect(sessions.me(SEAT)?.locked).toBe(true);
  });

  it('does not lock by itself in a physically secure location, and does from when that is over', async () => {
    secure(true);
    const sessions = openIdle(
      seat.there({ signIn: async () => seat.answer({ idleLockMinutes: 1, accessExpiresAt: Date.now() }) }),
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
    const before = openIdle(seat.there({ signIn: async () => seat.answer({ idleLockMinutes: 3 }) }));
    await before.signIn(SEAT, 'kim', PASSWORD);
    before.close();
    seat.waiting = [];
    const sessions = openIdle(away);
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(seat.waiting.map(({ ms }) => ms)).toEqual([3 * MINUTE]);
  });
});

describe('a change of operator', () => {
  const lee = () =>
    seat.answer({
      session: 'session-lee',
      user: 'lee',
      name: 'Lee',
      refreshToken: 'refresh-lee',
      grant: seat.grant({ id: 'grant-lee', session: 'session-lee', user: 'lee', login: 'lee', name: 'Lee' }),
    });

  it('takes one step over the lock: the one before is signed out at the center, as replaced', async () => {
    const ended: [string, boolean][] = [];
    const sessions = seat.open(
      seat.there({
        signIn: async ({ user }) => (user === 'lee' ? lee() : seat.answer()),
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
    const sessions = seat.open(seat.there({ end: async (token) => void ended.push(token) }));
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    expect(await sessions.signIn(SEAT, 'lee', 'not right')).toMatchObject({ refusal: { code: 'session.wrong' } });
    expect(sessions.me(SEAT)).toMatchObject({ user: 'kim', locked: true });
    expect(ended).toEqual([]);
  });

  it('tells a center that is away when it is back', async () => {
    const ended: string[] = [];
    let reached = false;
    const sessions = seat.open(
      seat.there({
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
    for (const entry of seat.waiting.splice(0)) entry.run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual(['refresh-1']);
  });
});

describe('what the organisation keeps from a role', () => {
  it('is said of whoever sits here as soon as it is heard, and no longer than it holds', async () => {
    const sessions = seat.open(seat.there());
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(sessions.me(SEAT)?.keptBy).toBeNull();
    const heard: (string | null | undefined)[] = [];
    sessions.onChange((seat) => heard.push(sessions.me(seat)?.keptBy));
    const put = (version: number, permissions: readonly string[]): void => {
      const n = ROSTER.length + version;
      const withheld = permissions.map((permission) => ({ permission, reason: 'trainees listen', since: 1 }));
      const body = { role: 'dispatcher', withheld };
      const record = { kind: 'role_restriction', id: 'dispatcher', version, body };
      expect(
        seat.desk.store.applyPage({ epoch: 'epoch-1', from: n - 1, items: [{ n, record }], keys: [], head: n }),
      ).toBe('applied');
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
    const sessions = seat.open(seat.there());
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
    const sessions = seat.open(
      seat.there({
        refresh: async () => {
          asked++;
          throw new SyncFailure('unauthorized', 'ended', 401);
        },
      }),
    );
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.reached();
    for (const entry of seat.waiting.filter(({ ms }) => ms === 0)) entry.run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    expect(sessions.me(SEAT)).toMatchObject({ ended: true });
  });
});
