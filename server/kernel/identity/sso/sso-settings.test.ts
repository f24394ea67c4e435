/** How single sign-on is set up. By itself, for an address may sign in only so often. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { ANN, type CenterWithProvider, centerWithProvider, GROUPS } from '../testing/center-with-provider.ts';
import { CLIENT, testBrowser } from '../testing/provider.ts';

let at: CenterWithProvider;
beforeAll(async () => {
  at = await centerWithProvider();
});
afterEach(() => at.reset());
afterAll(() => at.close());

describe('setting single sign-on up', () => {
  it('is changed from what was shown: of two who save, the second is told of the first', async () => {
    const { changedAt } = (await at.sso('GET')).body;
    const change = (maxHours: number) => at.set({ maxHours, changedAt });
    const both = await Promise.all([change(5), change(6)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'sso.changed' });
    const [saved] = both.filter(({ status }) => status === 200);
    expect((await at.sso('GET')).body).toEqual(saved?.body);
    expect((await change(7)).status).toBe(409);
    expect((await at.set({ maxHours: 7 })).status).toBe(200);
    // Forgotten and set up anew, it is another: what was made from the one before is not taken.
    await at.sso('DELETE');
    expect((await change(8)).status).toBe(409);
    expect((await at.set()).status).toBe(200);
    expect((await change(8)).status).toBe(409);
  });

  it('is for administrators who have just confirmed who they are', async () => {
    const { body } = await at.center.call<{ accessToken: string }>('POST', '/v1/sessions', {
      user: DEMO_USER,
      password: DEMO_PASSWORD,
    });
    expect((await at.sso('GET', undefined, body.accessToken)).status).toBe(403);
    expect(
      (
        await at.sso(
          'PUT',
          { on: true, issuer: at.provider.issuer, ...CLIENT, groups: GROUPS, changedAt: null },
          body.accessToken,
        )
      ).status,
    ).toBe(403);
  });

  it('asks the provider whether it is one, and sends a kept secret to no other (ASVS 10.5.3)', async () => {
    expect((await at.set({ issuer: at.center.url })).body).toMatchObject({ code: 'sso.issuer', field: 'issuer' });
    expect((await at.set({ issuer: 'http://provider.example' })).body).toMatchObject({ code: 'sso.issuer' });
    expect((await at.set({ provision: { site: 'nowhere' } })).body).toMatchObject({ code: 'site.unknown' });
    expect((await at.set({ clientSecret: undefined })).status).toBe(200);
    expect((await at.signIn(ANN)).to).toBe(`${at.origin}/`);
    await at.set({ clientSecret: undefined, clientId: 'another' });
    await at.set({ clientSecret: undefined });
    // The secret went with the other client's settings, so this one has none to show.
    at.provider.as(ANN);
    const browser = testBrowser();
    await at.refused(browser, await at.answered(browser), 'sso.provider');
  });
});
