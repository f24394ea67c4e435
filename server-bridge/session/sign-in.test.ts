import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionOut } from '../../domain/wire/sync.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { StoreFailure } from '../store/state.ts';
import { SyncFailure } from '../sync/ports.ts';
import { shownGrants } from './grants.ts';
import { guessesTold, untoldGuesses } from './guesses.ts';
import type { Sessions } from './port.ts';
import { away, HOUR, openSeatDesk, PASSWORD, SEAT, type SeatDesk } from './testing/seat-desk.ts';
import { argon2Verifier } from './verifier.ts';

let seat: SeatDesk;
beforeEach(() => {
  seat = openSeatDesk();
});
afterEach(() => seat.desk.close());

describe('signing in', () => {
  it('asks for the code that the center asks for, and takes a missing one for no guess', async () => {
    const given: (string | undefined)[] = [];
    const accounts = seat.there({
      signIn: async ({ code }) => {
        given.push(code);
        if (code === '123456') return seat.answer();
        const [what, message] = code === undefined ? ['needed', 'Type the code.'] : ['refused', 'Not right.'];
        throw new SyncFailure('unauthorized', message, 401, `second_factor.${what}`);
      },
    });
    const sessions = seat.open(accounts);
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
    expect(await seat.open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ value: { offline: true } });
    for (let i = 0; i < 5; i++) await sessions.signIn('other', 'kim', PASSWORD, '000000');
    expect(await sessions.signIn('other', 'kim', PASSWORD, '123456')).toMatchObject({
      refusal: { code: 'session.wait' },
    });
  });

  it.each(['disk full', 'unwritable'] as const)(
    'lets in whom the center lets in while the disk takes nothing (%s), and counts guesses all the same',
    async (state) => {
      await seat.open(seat.there()).signIn(SEAT, 'kim', PASSWORD);
      const full = (name: 'saveValue' | 'saveGrant') =>
        vi.spyOn(seat.desk.store, name).mockImplementation(() => {
          throw new StoreFailure(state);
        });
      const spies = [full('saveValue'), full('saveGrant')];
      expect(await seat.open(seat.there()).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
        value: { session: 'session-1', offline: false },
      });
      const sessions = seat.open(away, false);
      const codes = [];
      for (let i = 0; i < 12; i++) {
        const answer = await sessions.signIn(SEAT, 'kim', `guess ${i}`);
        codes.push(answer.ok ? 'in' : answer.refusal.code);
      }
      expect(codes.slice(0, 3)).toEqual(['session.wrong', 'session.wrong', 'session.wrong']);
      expect(codes.at(-1)).toBe('session.wait');
      expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
      // Once there is room what was counted is kept, and the center hears of the pause.
      for (const spy of spies) spy.mockRestore();
      expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
      expect(untoldGuesses(seat.desk.store)).toMatchObject([{ login: 'kim' }]);
    },
  );

  it('asks the center, and then needs it no more', async () => {
    const online = seat.open(seat.there());
    expect(await online.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      ok: true,
      value: { session: 'session-1', offline: false, positionName: 'Position 1', name: 'Kim Lee' },
    });
    expect(online.author(SEAT)).toEqual({ position: 'p1', session: 'session-1', by: 'kim' });
    expect(online.accessToken(SEAT)).toBe('access-1');
    online.close();

    const offline = seat.open(away, false);
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

  it('at a workstation that the center does not take goes by the grant, as without the center, and blames no password', async () => {
    await seat.open(seat.there()).signIn(SEAT, 'kim', PASSWORD);
    for (const code of ['device.refused', 'bearer.missing']) {
      const refusing = seat.there({
        signIn: () => Promise.reject(new SyncFailure('unauthorized', 'This workstation was revoked.', 401, code)),
      });
      const sessions = seat.open(refusing);
      expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true, value: { offline: true } });
      sessions.lock(SEAT);
      expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ ok: true });
      expect(await sessions.signIn('other', 'kim', 'wrong')).toMatchObject({ refusal: { code: 'session.wrong' } });
      expect(await sessions.signIn('other', 'lee', PASSWORD)).toMatchObject({
        refusal: {
          code: 'session.never_here',
          message: expect.stringMatching(/^The center does not take this workstation/),
        },
      });
      sessions.close();
    }
  });

  it('keeps no password, only a verifier (ASVS 11.4.2)', async () => {
    await seat.open(seat.there()).signIn(SEAT, 'kim', PASSWORD);
    const [held] = seat.desk.store.grants();
    // OWASP's first choice, as at the center.
    expect(held?.verifier).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(seat.desk.store.grants())).not.toContain(PASSWORD);
  });

  it('without the center opens to nobody who has not signed in here before', async () => {
    expect(await seat.open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      refusal: { code: 'session.never_here', message: expect.stringContaining('Sign in at one where they have') },
    });
  });

  it('takes no grant that the center did not sign, or signed for another station', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    seat.desk.store.saveGrant(seat.grant({ id: 'forged' }, signerOf(newSigningKey())), verifier);
    seat.desk.store.saveGrant(seat.grant({ id: 'elsewhere', station: 'station-b' }), verifier);
    seat.desk.store.saveGrant({ ...seat.grant({ id: 'raised' }), roles: ['admin'] }, verifier);
    expect(await seat.open(away).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      refusal: { code: 'session.never_here' },
    });
  });

  it('shows the center what it signed for this station and lasts, or ended lately, of every sign-in', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    const { store } = seat.desk;
    const now = Date.now();
    const long = 200 * HOUR;
    store.saveGrant(
      seat.grant({ id: 'long ago', user: 'old', issuedAt: now - long, expiresAt: now - long + 1 }),
      verifier,
    );
    const ended = seat.grant({ id: 'ended', user: 'vic', issuedAt: now - 3 * HOUR, expiresAt: now - HOUR });
    store.saveGrant(ended, verifier);
    store.saveGrant(seat.grant({ id: 'forged', user: 'mallory' }, signerOf(newSigningKey())), verifier);
    store.saveGrant(seat.grant({ id: 'elsewhere', user: 'lee', station: 'station-b' }), verifier);
    const before = seat.grant({ id: 'before', session: 'session-0', issuedAt: now - 2 * HOUR });
    store.saveGrant(before, await argon2Verifier.of('the password before'));
    expect(shownGrants(store)()).toEqual([before, ended]);
    await seat.open(seat.there()).signIn(SEAT, 'kim', PASSWORD);
    expect(shownGrants(store)().map(({ id }) => id)).toEqual(['grant-1', 'before', 'ended']);
    // What stays of an earlier sign-in is the center's word alone: it opens nothing.
    expect(await seat.open(away).signIn('other', 'kim', 'the password before')).toMatchObject({
      refusal: { code: 'session.wrong' },
    });
    expect(store.grants().find((held) => held.grant.id === 'before')?.verifier).toBe('');
  });

  it('warns of an expired grant and lets the work go on; a clock set back does not renew it', async () => {
    const now = Date.now();
    const verifier = await argon2Verifier.of(PASSWORD);
    seat.desk.store.saveGrant(seat.grant({ issuedAt: now - 3 * HOUR, expiresAt: now - HOUR }), verifier);
    const sessions = seat.open(away);
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      ok: true,
      value: { grantExpired: true, roles: ['dispatcher'] },
    });
    seat.desk.store.setClockOffset(-10 * HOUR, 0);
    expect(seat.desk.store.now()).toBeLessThan(now - HOUR);
    expect(sessions.me(SEAT)?.grantExpired).toBe(true);
  });

  it('counts wrong passwords without the center in the store, and pauses by policy, a restart or not', async () => {
    seat.desk.store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    const guess = (sessions: Sessions, n: number) => sessions.signIn(SEAT, 'kim', `guess ${n}`);
    const before = seat.open(away, false);
    for (let i = 0; i < 3; i++) expect(await guess(before, i)).toMatchObject({ refusal: { code: 'session.wrong' } });
    before.close();
    const after = seat.open(away, false);
    // At once, too: they are looked at one by one.
    const rest = await Promise.all([guess(after, 3), guess(after, 4), guess(after, 5)]);
    expect(rest.map((one) => (one.ok ? '' : one.refusal.code))).toEqual([
      'session.wrong',
      'session.wrong',
      'session.wait',
    ]);
    expect(await after.signIn(SEAT, 'KIM', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    after.close();
    const restarted = seat.open(away, false);
    const paused = await restarted.signIn(SEAT, 'kim', PASSWORD);
    expect(paused).toMatchObject({ ok: false, refusal: { code: 'session.wait', field: 'password' } });
    expect(paused.ok ? '' : paused.refusal.message).toContain('30 min');
    // Turned back, the clock ends no pause; the time itself does.
    seat.desk.store.setClockOffset(-HOUR, 0);
    expect(await restarted.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    seat.desk.store.setClockOffset(31 * 60_000, 0);
    expect(await restarted.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });

    const [told] = untoldGuesses(seat.desk.store);
    expect(told).toMatchObject({ login: 'kim', tries: 5, by: { tries: 5, windowMinutes: 15, pauseMinutes: 30 } });
    guessesTold(seat.desk.store, told ? [{ ...told, at: told.at - 1 }] : []);
    expect(untoldGuesses(seat.desk.store)).toHaveLength(1);
    guessesTold(seat.desk.store, told ? [told] : []);
    expect(untoldGuesses(seat.desk.store)).toEqual([]);
  });

  it('pauses nobody until another year, where the clock was set to it and the center has said since what time it is', async () => {
    const { store } = seat.desk;
    store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    const sessions = seat.open(away);
    store.setClockOffset(365 * 24 * HOUR, 0);
    for (let n = 0; n < 5; n++) await sessions.signIn(SEAT, 'kim', `guess ${n}`);
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    store.setClockOffset(0, 0);
    store.clockConfirmed();
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true, value: { grantExpired: false } });
  });

  it('pauses as the organisation’s policy says, and no longer than until the center is reached', async () => {
    const lockout = { tries: 3, windowMinutes: 10, pauseMinutes: 60 };
    const first = seat.open(seat.there({ signIn: async () => seat.answer({ lockout }) }));
    expect(await first.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
    first.close();
    const sessions = seat.open(away, false);
    for (let i = 0; i < 3; i++) await sessions.signIn(SEAT, 'kim', `guess ${i}`);
    const paused = await sessions.signIn(SEAT, 'kim', PASSWORD);
    expect(paused.ok ? '' : paused.refusal.message).toContain('60 min');
    sessions.close();
    const back = seat.open(seat.there());
    expect(await back.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
    back.close();
    expect(await seat.open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ ok: true });
  });

  it('pauses unlocking as well, where no center judges', async () => {
    seat.desk.store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    const sessions = seat.open(away, false);
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    for (let i = 0; i < 5; i++)
      // Who it is stands there already; only the password was asked for.
      expect(await sessions.unlock(SEAT, `guess ${i}`)).toMatchObject({
        refusal: { code: 'session.wrong', message: 'The password is not right.' },
      });
    expect(await sessions.unlock(SEAT, PASSWORD)).toMatchObject({ refusal: { code: 'session.wait' } });
    expect(sessions.me(SEAT)?.locked).toBe(true);
  });

  it('looks at what is typed at a lock one by one and counts it where the center judges it too', async () => {
    let asked = 0;
    const center = seat.there();
    const pausing = seat.there({
      signIn: (input) =>
        ++asked > 6 ? Promise.reject(new SyncFailure('unauthorized', 'paused', 401)) : center.signIn(input),
    });
    const sessions = seat.open(pausing);
    await sessions.signIn(SEAT, 'kim', PASSWORD);
    sessions.lock(SEAT);
    const guesses = [...Array.from({ length: 11 }, (_, i) => `guess ${i}`), PASSWORD];
    const answers = await Promise.all(guesses.map((guess) => sessions.unlock(SEAT, guess)));
    expect(answers.filter(({ ok }) => ok)).toEqual([]);
    expect(sessions.me(SEAT)?.locked).toBe(true);
    // The center counted and paused them itself.
    expect(asked).toBeGreaterThan(5);
    expect(untoldGuesses(seat.desk.store)).toEqual([]);
  });

  it('unlocks by the password that the center has by now, and goes on counting from nothing', async () => {
    const changed = 'another horse';
    const sessions = seat.open(
      seat.there({
        signIn: async ({ password }) => {
          if (password !== changed) throw new SyncFailure('unauthorized', 'no', 401);
          return seat.answer();
        },
      }),
    );
    seat.desk.store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    await sessions.signIn(SEAT, 'kim', changed);
    seat.desk.store.saveGrant(seat.grant(), await argon2Verifier.of(PASSWORD));
    for (let round = 0; round < 2; round++) {
      sessions.lock(SEAT);
      for (let i = 0; i < 4; i++)
        expect(await sessions.unlock(SEAT, `guess ${i}`)).toMatchObject({ refusal: { code: 'session.wrong' } });
      expect(await sessions.unlock(SEAT, changed)).toMatchObject({ ok: true });
    }
  });

  it('does not wait for a center that is away, and ignores its answer when it comes late', async () => {
    const before = seat.open(seat.there());
    await before.signIn(SEAT, 'kim', PASSWORD);
    before.close();
    let say: (out: SessionOut) => void = () => undefined;
    const slow = seat.there({ signIn: () => new Promise((resolve) => (say = resolve)) });
    const sessions = seat.open(slow, false);
    const signing = sessions.signIn(SEAT, 'kim', PASSWORD);
    seat.waiting.shift()?.run();
    expect(await signing).toMatchObject({ ok: true, value: { offline: true } });
    say(seat.answer({ session: 'late' }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sessions.me(SEAT)).toMatchObject({ session: 'grant-1', offline: true });
  });
});

describe('without the center', () => {
  it('people have those of their roles that the grant names', async () => {
    const verifier = await argon2Verifier.of(PASSWORD);
    seat.desk.store.saveGrant(seat.grant({ roles: ['dispatcher'] }), verifier);
    const cursor = seat.desk.store.cursor();
    const n = (cursor?.n ?? 0) + 1;
    const body = { user: 'kim', name: 'Kim Lee', roles: ['admin', 'dispatcher'], active: true };
    seat.desk.store.applyPage({
      epoch: cursor?.epoch ?? '',
      from: n - 1,
      items: [{ n, record: { kind: 'person', id: 'kim', version: n, body: body as never } }],
      keys: [],
      head: n,
    });
    const sessions = seat.open(away, false);
    expect(await sessions.signIn(SEAT, 'kim', PASSWORD)).toMatchObject({ value: { roles: ['dispatcher'] } });
  });

  it('nobody gets in whose roles do not count there', async () => {
    seat.desk.store.saveGrant(seat.grant({ roles: [] }), await argon2Verifier.of(PASSWORD));
    expect(await seat.open(away, false).signIn(SEAT, 'kim', PASSWORD)).toMatchObject({
      refusal: { code: 'session.roles' },
    });
  });
});
