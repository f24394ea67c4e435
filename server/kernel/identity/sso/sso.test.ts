import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SessionsOutSchema } from '#domain/identity/api/sessions.ts';
import { DEMO_ADMIN, DEMO_ORG, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { ANN, type CenterWithProvider, centerWithProvider } from '../testing/center-with-provider.ts';
import { CLIENT, type TestBrowser, testBrowser, testProvider } from '../testing/provider.ts';

let at: CenterWithProvider;
beforeAll(async () => {
  at = await centerWithProvider();
});
afterEach(() => at.reset());
afterAll(() => at.close());

describe('single sign-on', () => {
  it('links nobody with a way in that somebody else may hold: who was given another’s e-mail gets nothing of it', async () => {
    // An administrator of an agency gives a person of theirs, whose password they know, the address of somebody who comes later.
    await at.withEmail(DEMO_ADMIN, 'chief@psap.example');
    const chief = { sub: 'chief-1', email: 'chief@psap.example', email_verified: true, groups: ['leads'] };
    try {
      const { to, me } = await at.signIn(chief);
      expect([to, me]).toEqual([`${at.origin}/#refused=sso.confirm`, null]);
      expect(await at.roles(DEMO_ADMIN)).toEqual(['admin']);
      // Nor is a browser that is signed in as somebody else enough, nor one that only says so.
      expect(await at.link(await at.signedInHere(DEMO_USER), chief)).toBe(`${at.origin}/#refused=sso.confirm`);
      const nobody = await testBrowser().go(`${at.begin}?link=true`);
      expect(nobody.to).toBe(`${at.origin}/#refused=sso.prove`);
    } finally {
      await at.withEmail(DEMO_ADMIN, 'admin@psap.example');
    }
  });

  it('links whoever has just shown both, and asks for a proof of today', async () => {
    await at.withEmail(DEMO_ADMIN, 'boss@psap.example');
    await at.set({ groups: [{ group: 'heads', roles: ['admin'] }] });
    const boss = { sub: 'boss-1', email: 'boss@psap.example', email_verified: true, groups: ['heads'] };
    const browser = await at.signedInHere(DEMO_ADMIN);
    const proven = (minutesAgo: number) =>
      asMigrator(at.center, (client) =>
        client.query(`update identity.session set proven_at = $1 where ended_at is null and proof = 'cookie'`, [
          Date.now() - minutesAgo * 60_000,
        ]),
      );
    await proven(11);
    await expect
      .poll(async () => (await browser.go(`${at.begin}?link=true`)).to)
      .toBe(`${at.origin}/#refused=sso.prove`);
    await proven(0);
    // A page of somebody else's that leads there brings no session.
    await expect.poll(async () => (await browser.go(`${at.begin}?link=true`)).to).not.toContain('#refused');
    // Signed out before the provider answered, it is nobody's wish any more.
    at.provider.as(boss);
    const late = await browser.until(`${at.begin}?link=true`, at.isCallback);
    await asMigrator(at.center, (client) =>
      client.query(`update identity.session set ended_at = $1 where ended_at is null and proof = 'cookie'`, [
        Date.now(),
      ]),
    );
    expect((await browser.go(late)).to).toBe(`${at.origin}/#refused=sso.confirm`);
    const again = await at.signedInHere(DEMO_ADMIN);
    expect(await at.link(again, boss)).toBe(`${at.origin}/`);
    expect((await at.signIn(boss)).me).toMatchObject({ login: DEMO_ADMIN, roles: ['admin'] });
  });

  it('takes a linked person in, with the roles of their groups', async () => {
    const { to, me, browser } = await at.signIn(ANN);
    expect(to).toBe(`${at.origin}/`);
    expect(me).toMatchObject({ org: DEMO_ORG, login: DEMO_USER, roles: ['dispatcher'], secondFactor: 'not needed' });
    expect([...browser.cookies(at.origin).keys()].sort()).toEqual(['qd-access', 'qd-csrf', 'qd-refresh']);
  });

  it('ends the session that the browser was signed in with before, and no other of theirs', async () => {
    const elsewhere = await at.signedInHere(DEMO_USER);
    const browser = await at.signedInHere(DEMO_USER);
    const before = (await at.signedInAs(browser))?.session;
    // Where nobody came in, whoever is signed in there stays so.
    at.provider.as({ ...ANN, sub: 'stranger-1', email: 'stranger@psap.example' });
    expect((await elsewhere.go(await at.answered(elsewhere))).to).toContain('/#refused=');
    at.provider.as(ANN);
    expect((await browser.go(await at.answered(browser))).to).toBe(`${at.origin}/`);
    const me = await at.signedInAs(browser);
    const { text } = await browser.go(`${at.origin}/v1/me/sessions`);
    const { sessions } = SessionsOutSchema.parse(JSON.parse(text));
    const shown = (session: string | undefined) => sessions.find((one) => one.session === session);
    expect(shown(me?.session)).toMatchObject({ current: true, endedAt: null });
    expect(shown((await at.signedInAs(elsewhere))?.session)).toMatchObject({ endedAt: null });
    expect(shown(before)).toMatchObject({ endedAt: expect.any(Number), endReason: 'signed out' });
  });

  it('asks with PKCE, a nonce and a state, and says nothing of the client’s secret (ASVS 10.2.1, 10.2.3)', async () => {
    const url = new URL((await testBrowser().go(at.begin)).to ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.clientId,
      // Who somebody is, their address to know them by, their name to show, their groups to map: no more is asked for.
      scope: 'openid email profile groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{70,}$/),
      redirect_uri: `${at.origin}/v1/sso/callback`,
    });
    expect(JSON.stringify((await at.sso('GET')).body)).not.toContain(CLIENT.clientSecret);
    const { rows } = await asMigrator(at.center, (client) =>
      client.query(
        `select to_jsonb(s)::text as row from identity.sso s union all select to_jsonb(e)::text from audit.entry e where tbl = 'identity.sso'`,
      ),
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { row } of rows) expect(row).not.toContain(CLIENT.clientSecret);
  });

  it('sends nobody anywhere but to the provider that was set, and back to its own page (ASVS 3.7.2)', async () => {
    const elsewhere = 'https://evil.example/';
    for (const more of ['next', 'redirect_uri', 'returnTo', 'issuer', 'url']) {
      const { to, status } = await testBrowser().go(`${at.begin}?${more}=${encodeURIComponent(elsewhere)}`);
      expect(to === null ? status : new URL(to).origin, more).toBe(to === null ? 400 : at.provider.issuer);
      expect(to ?? '').not.toContain('evil.example');
    }
    const back = await testBrowser().go(`${at.origin}/v1/sso/callback?state=${encodeURIComponent(elsewhere)}&code=x`);
    expect(back.to).toMatch(new RegExp(`^${at.origin}/#refused=`));
  });

  it('knows somebody again by the provider’s name of them, though their e-mail changed (ASVS 10.5.2)', async () => {
    await at.signIn(ANN);
    expect((await at.signIn({ ...ANN, email: 'ann.married@psap.example' })).me).toMatchObject({ login: DEMO_USER });
    // And whoever comes with the address that they had is somebody else.
    const { to } = await at.signIn({ ...ANN, sub: 'somebody-else' });
    expect(to).toBe(`${at.origin}/#refused=sso.other`);
    // Until an administrator says that it is not: then they link themselves anew, and not by the address alone.
    const { rows } = await asMigrator(at.center, (client) =>
      client.query('select id from identity.person where login = $1', [DEMO_USER]),
    );
    const unlink = await at.center.call('POST', `/v1/people/${rows[0]?.id}/provider/unlink`, {}, at.center.adminToken);
    expect(unlink.status).toBe(200);
    expect((await at.signIn({ ...ANN, sub: 'ann-2' })).to).toBe(`${at.origin}/#refused=sso.confirm`);
    expect(await at.link(await at.signedInHere(DEMO_USER), { ...ANN, sub: 'ann-2' })).toBe(`${at.origin}/`);
    expect((await at.signIn({ ...ANN, sub: 'ann-2' })).me).toMatchObject({ login: DEMO_USER });
    await at.center.call('POST', `/v1/people/${rows[0]?.id}/provider/unlink`, {}, at.center.adminToken);
    expect(await at.link(await at.signedInHere(DEMO_USER), ANN)).toBe(`${at.origin}/`);
  });

  it('goes by when the provider last asked, and has it ask anew', async () => {
    at.provider.as(ANN);
    const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
    at.provider.tampering((token) => at.provider.sign({ ...decodeJwt(token), auth_time: hourAgo }));
    expect((await at.signIn(ANN)).me?.provenAt).toBe(hourAgo * 1000);
    const browser = testBrowser();
    const stale = await browser.until(`${at.begin}?anew=true`, at.isCallback);
    await at.refused(browser, stale, 'sso.provider');
    at.provider.tampering(null);
    const out = new URL((await testBrowser().go(`${at.begin}?anew=true`)).to ?? '');
    expect(Object.fromEntries(out.searchParams)).toMatchObject({ prompt: 'login', max_age: '60' });
    const again = testBrowser();
    await again.go(await again.until(`${at.begin}?anew=true`, at.isCallback));
    expect(Date.now() - ((await at.signedInAs(again))?.provenAt ?? 0)).toBeLessThan(60_000);
  });

  it('lasts no longer than the provider’s own word of when it asked, and then asks it again (ASVS 7.1.3, 7.6.1)', async () => {
    await at.set({ maxHours: 8 });
    const out = new URL((await testBrowser().go(at.begin)).to ?? '');
    expect(out.searchParams.get('max_age')).toBe(String(8 * 3_600));
    const asked = (hoursAgo: number): void =>
      at.provider.tampering((token) =>
        at.provider.sign({ ...decodeJwt(token), auth_time: Math.floor(Date.now() / 1_000 - hoursAgo * 3_600) }),
      );
    const left = async (): Promise<number> => {
      const { rows } = await asMigrator(at.center, (client) =>
        client.query('select expires_at - $1::bigint as ms from identity.session order by started_at desc limit 1', [
          Date.now(),
        ]),
      );
      return Number(rows[0]?.ms) / 3_600_000;
    };
    asked(5);
    const { browser, me } = await at.signIn(ANN);
    expect(me).toMatchObject({ login: DEMO_USER });
    expect(await left()).toBeGreaterThan(2.9);
    expect(await left()).toBeLessThanOrEqual(3);
    // The provider that let in whom it had asked too long ago is not believed.
    asked(9);
    at.provider.as(ANN);
    const late = testBrowser();
    await at.refused(late, await at.answered(late), 'sso.provider');
    // Without its word it counts from now.
    at.provider.tampering((token) => {
      const { auth_time: _, ...claims } = decodeJwt(token);
      return at.provider.sign(claims);
    });
    await at.signIn(ANN);
    expect(await left()).toBeGreaterThan(7.9);
    // Over is over: the page cannot refresh it, and begins at the provider anew.
    const refreshed = async (of: TestBrowser): Promise<number> => {
      const cookies = of.cookies(at.origin);
      const answer = await fetch(`${at.origin}/v1/web/refresh`, {
        method: 'POST',
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          'sec-fetch-site': 'same-origin',
          'qd-csrf': cookies.get('qd-csrf') ?? '',
          'content-type': 'application/json',
        },
        body: '{}',
      });
      return answer.status;
    };
    expect(await refreshed((await at.signIn(ANN)).browser)).toBe(200);
    await asMigrator(at.center, (client) =>
      client.query(
        'update identity.session set expires_at = $1 where person = $2 and ended_at is null and $1 < expires_at',
        [Date.now() - 1, me?.user],
      ),
    );
    expect(await refreshed(browser)).toBe(401);
    for (const maxHours of [0, 337, 1.5]) expect((await at.set({ maxHours })).status).toBe(400);
    expect((await at.set()).body.settings?.maxHours).toBe(12);
  });

  it('gives the roles of today, and withdraws at once what was lost', async () => {
    const leading = await at.signIn({ ...ANN, groups: ['leads', 'unheard of'] });
    expect(leading.me?.roles).toEqual(['dispatcher', 'supervisor']);
    expect((await at.signIn(ANN)).me?.roles).toEqual(['dispatcher']);
    expect(await at.roles(DEMO_USER)).toEqual(['dispatcher']);
    await expect.poll(() => at.signedInAs(leading.browser), { timeout: 5_000 }).toBeNull();
  });

  it('takes nobody in whose groups map to nothing, whose e-mail is not verified, or whom nobody knows', async () => {
    const cases = [
      [{ ...ANN, groups: ['cleaning'] }, 'sso.groups'],
      [{ ...ANN, groups: [] }, 'sso.groups'],
      [{ ...ANN, groups: undefined }, 'sso.groups'],
      [{ ...ANN, email_verified: false }, 'sso.email'],
      [{ ...ANN, email_verified: 'true' }, 'sso.email'],
      [{ ...ANN, email_verified: undefined }, 'sso.email'],
      [{ ...ANN, email: undefined }, 'sso.email'],
      [{ ...ANN, sub: 'bob', email: 'bob@psap.example' }, 'sso.unknown'],
    ] as const;
    for (const [account, why] of cases) {
      at.provider.as(JSON.parse(JSON.stringify(account)));
      const browser = testBrowser();
      await at.refused(browser, await at.answered(browser), why);
    }
    expect(await at.roles('bob@psap.example')).toBeUndefined();
  });

  it('makes a person of whoever the groups map, where the organisation says so', async () => {
    await at.set({ provision: { site: at.center.site } });
    const bob = { sub: 'bob-1', email: 'bob@psap.example', email_verified: true, name: 'Bob', groups: ['floor'] };
    const { me } = await at.signIn(bob);
    expect(me).toMatchObject({ login: 'bob@psap.example', name: 'Bob', roles: ['dispatcher'], site: at.center.site });
    expect((await at.signIn({ ...bob, email: 'robert@psap.example' })).me?.user).toBe(me?.user);
    await asMigrator(at.center, (client) =>
      client.query('update identity.person set active = false where id = $1', [me?.user]),
    );
    expect((await at.signIn(bob)).to).toBe(`${at.origin}/#refused=sso.unknown`);
  });

  it('lets an invited person join, with the name and place they were invited to', async () => {
    const invitation = {
      login: 'cleo',
      name: 'Cleo',
      roles: ['auditor'],
      site: at.center.site,
      email: 'Cleo@psap.example',
    };
    const made = await at.center.call('POST', '/v1/invitations', invitation, at.center.adminToken);
    expect([made.status, made.body]).toEqual([200, expect.anything()]);
    const account = { sub: 'cleo-1', email: 'cleo@psap.example', email_verified: true, groups: ['floor'] };
    expect((await at.signIn(account)).me).toMatchObject({ login: 'cleo', name: 'Cleo', roles: ['dispatcher'] });
    const { rows } = await asMigrator(at.center, (client) =>
      client.query(`select accepted_at is not null as accepted from identity.invitation where login = 'cleo'`),
    );
    expect(rows).toEqual([{ accepted: true }]);
  });

  it('reads what a provider tells by userinfo alone', async () => {
    const small = await testProvider(`${at.origin}/v1/sso/callback`, { small: true });
    try {
      await at.set({ issuer: small.issuer });
      await at.withEmail(DEMO_USER, 'dee@psap.example');
      small.as({ sub: 'dee', email: 'dee@psap.example', email_verified: true, groups: ['leads'] });
      const browser = await at.signedInHere(DEMO_USER);
      await browser.go(await browser.until(`${at.begin}?link=true`, at.isCallback));
      expect(await at.signedInAs(browser)).toMatchObject({ login: DEMO_USER, roles: ['dispatcher', 'supervisor'] });
    } finally {
      await at.withEmail(DEMO_USER, 'ann@psap.example');
      await small.close();
    }
  });

  it('counts the provider’s second factor where it says so, or the organisation does (ASVS 6.8.4)', async () => {
    at.provider.tampering((token) => at.provider.sign({ ...decodeJwt(token), amr: ['pwd', 'mfa'] }));
    expect((await at.signIn(ANN)).me?.secondFactor).toBe('given');
    at.provider.tampering(null);
    expect((await at.signIn(ANN)).me?.secondFactor).toBe('not needed');
    await at.set({ secondFactorByProvider: true });
    expect((await at.signIn(ANN)).me?.secondFactor).toBe('given');
  });
});
