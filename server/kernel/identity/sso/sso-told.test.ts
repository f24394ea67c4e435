/** What whoever runs the center is told of a provider that is of no use, while the people who come by it are told nothing more. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../log.ts';
import { ANN, type CenterWithProvider, centerWithProvider } from '../testing/center-with-provider.ts';
import { testBrowser, testProvider } from '../testing/provider.ts';

const TOLD = 'the provider of single sign-on did not answer as it has to';
const lines: string[] = [];
let at: CenterWithProvider;
beforeAll(async () => {
  at = await centerWithProvider({ log: createLogger('warn', { write: (line) => void lines.push(line) }) });
});
afterAll(() => at?.close());

/** Of what was logged since the last time. */
async function told(): Promise<readonly { readonly provider: string; readonly why: readonly string[] }[]> {
  const of = () => lines.filter((line) => line.includes(TOLD));
  await expect.poll(of).not.toEqual([]);
  const said = of().map((line) => JSON.parse(line));
  lines.length = 0;
  return said;
}

it('is told where and why an address that is to be set up does not answer as a provider', async () => {
  const { host } = new URL(at.center.url);
  expect((await at.set({ issuer: at.center.url })).body).toMatchObject({ code: 'sso.issuer', field: 'issuer' });
  // The center answers there with its page where one is built, else with nothing.
  const why = ['ClientError', expect.stringMatching(/^OAUTH_RESPONSE_IS_NOT_(JSON|CONFORM)$/)];
  expect(await told()).toMatchObject([{ provider: host, why }]);
});

it('is told why somebody who comes back from it is not let in, in none of its words about them', async () => {
  at.provider.as(ANN);
  const browser = testBrowser();
  const callback = new URL(await at.answered(browser));
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  callback.searchParams.set('error_description', 'Ann Other is not assigned');
  await at.refused(browser, callback.href, 'sso.provider');
  const [one, ...more] = await told();
  expect(one).toMatchObject({ provider: new URL(at.provider.issuer).host });
  expect(one?.why).toContain('access_denied');
  expect(JSON.stringify([one, ...more])).not.toContain('Ann');
});

it('is told where it sends on to a host that is not on the list', async () => {
  const other = await testProvider(`${at.origin}/v1/sso/callback`, { tokens: 'https://tokens.example/token' });
  try {
    expect((await at.set({ issuer: other.issuer })).status).toBe(200);
    other.as(ANN);
    const browser = testBrowser();
    await at.refused(browser, await at.answered(browser), 'sso.provider');
    expect(await told()).toMatchObject([{ why: expect.arrayContaining(['NotAskable']), host: 'tokens.example' }]);
  } finally {
    await other.close();
  }
});
