import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { SSO_REFUSALS, type SsoOutSchema } from '#domain/identity/api/sso.ts';
import type { WhoAmIOut } from '#domain/identity/api/web.ts';
import { DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { CLIENT, type TestBrowser, type TestProvider, testBrowser, testProvider } from '../testing/provider.ts';

const GROUPS = [
  { group: 'floor', roles: ['dispatcher'] },
  { group: 'leads', roles: ['supervisor', 'dispatcher'] },
];
const ANN = { sub: 'ann-1', email: 'Ann@PSAP.example', email_verified: true, name: 'Ann Other', groups: ['floor'] };

let center: TestCenter;
let provider: TestProvider;
let at: string;
let begin: string;
beforeAll(async () => {
  center = await testCenter();
  const out = (await sso('GET')).body;
  at = new URL(out.beginUrl).origin;
  begin = out.beginUrl;
  provider = await testProvider(out.redirectUri);
  expect((await set()).status).toBe(200);
  await withEmail(DEMO_USER, 'ann@psap.example');
});
afterEach(async () => {
  provider.tampering(null);
  await set();
});
afterAll(async () => {
  await provider.close();
  await center.close();
});

const sso = (method: string, body?: object, token = center.adminToken) =>
  center.call<z.infer<typeof SsoOutSchema>>(method, '/v1/sso', body, token);
const set = async (change: object = {}) => {
  const { changedAt } = (await sso('GET')).body;
  return sso('PUT', { on: true, issuer: provider.issuer, ...CLIENT, groups: GROUPS, changedAt, ...change });
};
const withEmail = (login: string, email: string) =>
  asMigrator(center, (client) =>
    client.query('update identity.person set email = $2 where login = $1', [login, email]),
  );
const isCallback = (url: string): boolean => url.startsWith(`${at}/v1/sso/callback`);
/** The provider's answer, on its way to the center. */
const answered = (browser: TestBrowser): Promise<string> => browser.until(begin, isCallback);
const signedInAs = async (browser: TestBrowser): Promise<WhoAmIOut | null> => {
  const { status, text } = await browser.go(`${at}/v1/web/session`);
  return status === 200 ? (JSON.parse(text) as WhoAmIOut) : null;
};
const signIn = async (account: Parameters<TestProvider['as']>[0]) => {
  provider.as(account);
  const browser = testBrowser();
  const { to } = await browser.go(await answered(browser));
  return { browser, to, me: await signedInAs(browser) };
};
/** Nobody came in, and the page is told why. */
const refused = async (browser: TestBrowser, callback: string, why: keyof typeof SSO_REFUSALS): Promise<void> => {
  const { to } = await browser.go(callback);
  expect(to).toBe(`${at}/#refused=${why}`);
  expect(SSO_REFUSALS[why]).toMatch(/\.$/);
  expect([...browser.cookies(at).keys()]).toEqual([]);
  expect(await signedInAs(browser)).toBeNull();
};
const roles = async (login: string): Promise<string[]> => {
  const { rows } = await asMigrator(center, (client) =>
    client.query('select roles from identity.person where login = $1', [login]),
  );
  return rows[0]?.roles;
};

describe('single sign-on', () => {
  it('is changed from what was shown: of two who save, the second is told of the first', async () => {
    const { changedAt } = (await sso('GET')).body;
    const change = (maxHours: number) => set({ maxHours, changedAt });
    const both = await Promise.all([change(5), change(6)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'sso.changed' });
    const [saved] = both.filter(({ status }) => status === 200);
    expect((await sso('GET')).body).toEqual(saved?.body);
    expect((await change(7)).status).toBe(409);
    expect((await set({ maxHours: 7 })).status).toBe(200);
    // Forgotten and set up anew, it is another: what was made from the one before is not taken.
    await sso('DELETE');
    expect((await change(8)).status).toBe(409);
    expect((await set()).status).toBe(200);
    expect((await change(8)).status).toBe(409);
  });

  it('takes a known person in by their verified e-mail, with the roles of their groups', async () => {
    const { to, me, browser } = await signIn(ANN);
    expect(to).toBe(`${at}/`);
    expect(me).toMatchObject({ org: DEMO_ORG, login: DEMO_USER, roles: ['dispatcher'], secondFactor: 'not needed' });
    expect([...browser.cookies(at).keys()].sort()).toEqual(['qd-access', 'qd-csrf', 'qd-refresh']);
  });

  it('asks with PKCE, a nonce and a state, and says nothing of the client’s secret (ASVS 10.2.1, 10.2.3)', async () => {
    const url = new URL((await testBrowser().go(begin)).to ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.clientId,
      // Who somebody is, their address to know them by, their name to show, their groups to map: no more is asked for.
      scope: 'openid email profile groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{70,}$/),
      redirect_uri: `${at}/v1/sso/callback`,
    });
    expect(JSON.stringify((await sso('GET')).body)).not.toContain(CLIENT.clientSecret);
    const { rows } = await asMigrator(center, (client) =>
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
      const { to, status } = await testBrowser().go(`${begin}?${more}=${encodeURIComponent(elsewhere)}`);
      expect(to === null ? status : new URL(to).origin, more).toBe(to === null ? 400 : provider.issuer);
      expect(to ?? '').not.toContain('evil.example');
    }
    const back = await testBrowser().go(`${at}/v1/sso/callback?state=${encodeURIComponent(elsewhere)}&code=x`);
    expect(back.to).toMatch(new RegExp(`^${at}/#refused=`));
  });

  it('knows somebody again by the provider’s name of them, though their e-mail changed (ASVS 10.5.2)', async () => {
    await signIn(ANN);
    expect((await signIn({ ...ANN, email: 'ann.married@psap.example' })).me).toMatchObject({ login: DEMO_USER });
    // And whoever comes with the address that they had is somebody else.
    const { to } = await signIn({ ...ANN, sub: 'somebody-else' });
    expect(to).toBe(`${at}/#refused=sso.other`);
    // Until an administrator says that it is not: then the verified address links them anew.
    const { rows } = await asMigrator(center, (client) =>
      client.query('select id from identity.person where login = $1', [DEMO_USER]),
    );
    const unlink = await center.call('POST', `/v1/people/${rows[0]?.id}/provider/unlink`, {}, center.adminToken);
    expect(unlink.status).toBe(200);
    expect((await signIn({ ...ANN, sub: 'ann-2' })).me).toMatchObject({ login: DEMO_USER });
    await center.call('POST', `/v1/people/${rows[0]?.id}/provider/unlink`, {}, center.adminToken);
  });

  it('goes by when the provider last asked, and has it ask anew', async () => {
    provider.as(ANN);
    const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
    provider.tampering((token) => provider.sign({ ...decodeJwt(token), auth_time: hourAgo }));
    expect((await signIn(ANN)).me?.provenAt).toBe(hourAgo * 1000);
    const browser = testBrowser();
    const stale = await browser.until(`${begin}?anew=true`, isCallback);
    await refused(browser, stale, 'sso.provider');
    provider.tampering(null);
    const out = new URL((await testBrowser().go(`${begin}?anew=true`)).to ?? '');
    expect(Object.fromEntries(out.searchParams)).toMatchObject({ prompt: 'login', max_age: '60' });
    const again = testBrowser();
    await again.go(await again.until(`${begin}?anew=true`, isCallback));
    expect(Date.now() - ((await signedInAs(again))?.provenAt ?? 0)).toBeLessThan(60_000);
  });

  it('lasts no longer than the provider’s own word of when it asked, and then asks it again (ASVS 7.1.3, 7.6.1)', async () => {
    await set({ maxHours: 8 });
    const out = new URL((await testBrowser().go(begin)).to ?? '');
    expect(out.searchParams.get('max_age')).toBe(String(8 * 3_600));
    const asked = (hoursAgo: number): void =>
      provider.tampering((token) =>
        provider.sign({ ...decodeJwt(token), auth_time: Math.floor(Date.now() / 1_000 - hoursAgo * 3_600) }),
      );
    const left = async (): Promise<number> => {
      const { rows } = await asMigrator(center, (client) =>
        client.query('select expires_at - $1::bigint as ms from identity.session order by started_at desc limit 1', [
          Date.now(),
        ]),
      );
      return Number(rows[0]?.ms) / 3_600_000;
    };
    asked(5);
    const { browser, me } = await signIn(ANN);
    expect(me).toMatchObject({ login: DEMO_USER });
    expect(await left()).toBeGreaterThan(2.9);
    expect(await left()).toBeLessThanOrEqual(3);
    // The provider that let in whom it had asked too long ago is not believed.
    asked(9);
    provider.as(ANN);
    const late = testBrowser();
    await refused(late, await answered(late), 'sso.provider');
    // Without its word it counts from now.
    provider.tampering((token) => {
      const { auth_time: _, ...claims } = decodeJwt(token);
      return provider.sign(claims);
    });
    await signIn(ANN);
    expect(await left()).toBeGreaterThan(7.9);
    // Over is over: the page cannot refresh it, and begins at the provider anew.
    const refreshed = async (of: TestBrowser): Promise<number> => {
      const cookies = of.cookies(at);
      const answer = await fetch(`${at}/v1/web/refresh`, {
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
    expect(await refreshed((await signIn(ANN)).browser)).toBe(200);
    await asMigrator(center, (client) =>
      client.query('update identity.session set expires_at = $1 where ended_at is null and $1 < expires_at', [
        Date.now() - 1,
      ]),
    );
    expect(await refreshed(browser)).toBe(401);
    for (const maxHours of [0, 337, 1.5]) expect((await set({ maxHours })).status).toBe(400);
    expect((await set()).body.settings?.maxHours).toBe(12);
  });

  it('gives the roles of today, and withdraws at once what was lost', async () => {
    const leading = await signIn({ ...ANN, groups: ['leads', 'unheard of'] });
    expect(leading.me?.roles).toEqual(['dispatcher', 'supervisor']);
    expect((await signIn(ANN)).me?.roles).toEqual(['dispatcher']);
    expect(await roles(DEMO_USER)).toEqual(['dispatcher']);
    await expect.poll(() => signedInAs(leading.browser), { timeout: 5_000 }).toBeNull();
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
      provider.as(JSON.parse(JSON.stringify(account)));
      const browser = testBrowser();
      await refused(browser, await answered(browser), why);
    }
    expect(await roles('bob@psap.example')).toBeUndefined();
  });

  it('makes a person of whoever the groups map, where the organisation says so', async () => {
    await set({ provision: { site: center.site } });
    const bob = { sub: 'bob-1', email: 'bob@psap.example', email_verified: true, name: 'Bob', groups: ['floor'] };
    const { me } = await signIn(bob);
    expect(me).toMatchObject({ login: 'bob@psap.example', name: 'Bob', roles: ['dispatcher'], site: center.site });
    expect((await signIn({ ...bob, email: 'robert@psap.example' })).me?.user).toBe(me?.user);
    await asMigrator(center, (client) =>
      client.query('update identity.person set active = false where id = $1', [me?.user]),
    );
    expect((await signIn(bob)).to).toBe(`${at}/#refused=sso.unknown`);
  });

  it('lets an invited person join, with the name and place they were invited to', async () => {
    const invitation = {
      login: 'cleo',
      name: 'Cleo',
      roles: ['auditor'],
      site: center.site,
      email: 'Cleo@psap.example',
    };
    const made = await center.call('POST', '/v1/invitations', invitation, center.adminToken);
    expect([made.status, made.body]).toEqual([200, expect.anything()]);
    const account = { sub: 'cleo-1', email: 'cleo@psap.example', email_verified: true, groups: ['floor'] };
    expect((await signIn(account)).me).toMatchObject({ login: 'cleo', name: 'Cleo', roles: ['dispatcher'] });
    const { rows } = await asMigrator(center, (client) =>
      client.query(`select accepted_at is not null as accepted from identity.invitation where login = 'cleo'`),
    );
    expect(rows).toEqual([{ accepted: true }]);
  });

  it('reads what a provider tells by userinfo alone', async () => {
    const small = await testProvider(`${at}/v1/sso/callback`, { small: true });
    try {
      await set({ issuer: small.issuer });
      await withEmail(DEMO_USER, 'dee@psap.example');
      small.as({ sub: 'dee', email: 'dee@psap.example', email_verified: true, groups: ['leads'] });
      const browser = testBrowser();
      await browser.go(await answered(browser));
      expect(await signedInAs(browser)).toMatchObject({ login: DEMO_USER, roles: ['dispatcher', 'supervisor'] });
    } finally {
      await withEmail(DEMO_USER, 'ann@psap.example');
      await small.close();
    }
  });

  it('counts the provider’s second factor where it says so, or the organisation does (ASVS 6.8.4)', async () => {
    provider.tampering((token) => provider.sign({ ...decodeJwt(token), amr: ['pwd', 'mfa'] }));
    expect((await signIn(ANN)).me?.secondFactor).toBe('given');
    provider.tampering(null);
    expect((await signIn(ANN)).me?.secondFactor).toBe('not needed');
    await set({ secondFactorByProvider: true });
    expect((await signIn(ANN)).me?.secondFactor).toBe('given');
  });
});

describe('single sign-on refuses', () => {
  const attack = async (change: (callback: URL) => void, why: keyof typeof SSO_REFUSALS): Promise<void> => {
    provider.as(ANN);
    const browser = testBrowser();
    const callback = new URL(await answered(browser));
    change(callback);
    await refused(browser, callback.href, why);
  };

  it('another state, none, and one begun in another browser (ASVS 7.6.2, 10.1.2)', async () => {
    await attack((url) => url.searchParams.set('state', 'made-up'), 'sso.stale');
    await attack((url) => url.searchParams.delete('state'), 'sso.stale');
    provider.as(ANN);
    const [theirs, mine] = [testBrowser(), testBrowser()];
    const callback = await answered(theirs);
    // Signing somebody in to another's account: without a ticket, and with the ticket of a sign-in of one's own.
    await refused(mine, callback, 'sso.stale');
    await answered(mine);
    await refused(mine, callback, 'sso.stale');
  });

  it('a code that was used, and the same answer again', async () => {
    provider.as(ANN);
    const browser = testBrowser();
    const first = await answered(browser);
    const ticket = browser.cookies(at).get('qd-sso') ?? '';
    expect((await browser.go(first)).to).toBe(`${at}/`);
    const again = testBrowser();
    await answered(again);
    (again.cookies(at) as Map<string, string>).set('qd-sso', ticket);
    await refused(again, first, 'sso.stale');
    const other = testBrowser();
    const replayed = new URL(await answered(other));
    replayed.searchParams.set('code', new URL(first).searchParams.get('code') ?? '');
    await refused(other, replayed.href, 'sso.provider');
  });

  it('a code that was taken from somebody else’s sign-in: the verifier is not theirs', async () => {
    provider.as(ANN);
    const [victim, attacker] = [testBrowser(), testBrowser()];
    const stolen = new URL(await answered(victim)).searchParams.get('code') ?? '';
    const callback = new URL(await answered(attacker));
    callback.searchParams.set('code', stolen);
    await refused(attacker, callback.href, 'sso.provider');
  });

  it('an answer of another issuer (ASVS 6.8.1, 10.2.2)', async () => {
    await attack((url) => url.searchParams.set('iss', 'https://honest.example'), 'sso.provider');
    await attack((url) => url.searchParams.delete('iss'), 'sso.provider');
    provider.as(ANN);
    const browser = testBrowser();
    const callback = await answered(browser);
    const other = await testProvider(`${at}/v1/sso/callback`);
    try {
      await set({ issuer: other.issuer });
      await refused(browser, callback, 'sso.off');
    } finally {
      await other.close();
    }
  });

  it('another nonce than was asked for (ASVS 10.5.1)', async () => {
    provider.as(ANN);
    const browser = testBrowser();
    const url = new URL((await browser.go(begin)).to ?? '');
    url.searchParams.set('nonce', 'of-somebody-else');
    await refused(browser, await browser.until(url.href, isCallback), 'sso.provider');
  });

  it('ID tokens that were changed, are expired, are of another client or issuer, or unsigned (ASVS 6.8.2, 9.1.2, 10.5.4)', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claimsOf = (token: string) => decodeJwt(token);
    const forged: ((token: string) => string | Promise<string>)[] = [
      (token) => {
        const [head, , signature] = token.split('.');
        return `${head}.${part({ ...claimsOf(token), groups: ['leads'] })}.${signature}`;
      },
      (token) => `${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`,
      (token) => `${part({ alg: 'none' })}.${part(claimsOf(token))}.`,
      (token) => provider.sign({ ...claimsOf(token), exp: Math.floor(Date.now() / 1000) - 120 }),
      (token) => provider.sign({ ...claimsOf(token), aud: 'another client' }),
      (token) => provider.sign({ ...claimsOf(token), iss: 'https://honest.example' }),
      (token) => provider.sign({ ...claimsOf(token), nonce: 'another' }),
      async (token) => {
        const stranger = await testProvider(`${at}/v1/sso/callback`);
        await stranger.close();
        return stranger.sign(claimsOf(token));
      },
    ];
    for (const tamper of forged) {
      provider.tampering(tamper);
      await attack(() => undefined, 'sso.provider');
    }
    // What only was signed anew goes through: it is the changes that were refused.
    provider.tampering((token) => provider.sign(claimsOf(token)));
    expect((await signIn(ANN)).to).toBe(`${at}/`);
  });

  it('an answer of the provider that is a refusal', async () => {
    await attack((url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
    }, 'sso.provider');
  });

  it('where it is off, was forgotten, or of an organisation that is not here', async () => {
    await set({ on: false });
    expect((await testBrowser().go(begin)).to).toBe(`${at}/#refused=sso.off`);
    expect((await testBrowser().go(`${at}/v1/sso/nowhere/begin`)).to).toBe(`${at}/#refused=sso.off`);
    expect((await sso('DELETE')).status).toBe(200);
    expect((await sso('GET')).body.settings).toBeNull();
    expect((await testBrowser().go(begin)).to).toBe(`${at}/#refused=sso.off`);
  });
});

describe('setting it up', () => {
  it('is for administrators who have just confirmed who they are', async () => {
    const { body } = await center.call<{ accessToken: string }>('POST', '/v1/sessions', {
      user: DEMO_USER,
      password: DEMO_PASSWORD,
    });
    expect((await sso('GET', undefined, body.accessToken)).status).toBe(403);
    expect(
      (
        await sso(
          'PUT',
          { on: true, issuer: provider.issuer, ...CLIENT, groups: GROUPS, changedAt: null },
          body.accessToken,
        )
      ).status,
    ).toBe(403);
  });

  it('asks the provider whether it is one, and sends a kept secret to no other (ASVS 10.5.3)', async () => {
    expect((await set({ issuer: center.url })).body).toMatchObject({ code: 'sso.issuer', field: 'issuer' });
    expect((await set({ issuer: 'http://provider.example' })).body).toMatchObject({ code: 'sso.issuer' });
    expect((await set({ provision: { site: 'nowhere' } })).body).toMatchObject({ code: 'site.unknown' });
    expect((await set({ clientSecret: undefined })).status).toBe(200);
    expect((await signIn(ANN)).to).toBe(`${at}/`);
    await set({ clientSecret: undefined, clientId: 'another' });
    await set({ clientSecret: undefined });
    // The secret went with the other client's settings, so this one has none to show.
    provider.as(ANN);
    const browser = testBrowser();
    await refused(browser, await answered(browser), 'sso.provider');
  });
});
