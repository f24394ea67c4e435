/** A second factor at a console: asked for in place, by the keyboard alone; not to unlock, and not without the center. */
import { Secret, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room } from './room.ts';

let room: Room;
let at: Console;
let app: TOTP;
let recovery: readonly string[];

async function api<S extends z.ZodType>(path: string, body: object, schema: S, token = ''): Promise<z.output<S>> {
  const response = await fetch(`${room.centerUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

beforeAll(async () => {
  room = await openRoom({ stations: ['A'] });
  at = (room.stations[0] as Room['stations'][number]).console;
  const { accessToken } = await api('/v1/sessions', DEMO_SIGN_IN, z.looseObject({ accessToken: z.string() }));
  const begun = await api('/v1/me/totp', {}, z.looseObject({ secret: z.string() }), accessToken);
  app = new TOTP({ secret: Secret.fromBase32(begun.secret) });
  const Added = z.object({ recoveryCodes: z.array(z.string()) });
  const confirmed = { code: app.generate() };
  recovery = (await api('/v1/me/totp/confirm', confirmed, Added, accessToken)).recoveryCodes;
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

const typeIn = async (): Promise<void> => {
  await at.field('User').waitFor();
  await at.type(DEMO_SIGN_IN.user);
  await at.press('Tab');
  await at.type(DEMO_SIGN_IN.password);
  await at.press('Enter');
};

it('asks for the code where the password was right, and keeps asking until it is', async () => {
  await typeIn();
  await at.field('Code').waitFor();
  await expect.poll(() => at.focused()).toBe('Code');
  await at.type('000000');
  await at.press('Enter');
  await at.page.getByText('This code is not right').waitFor();
  await expect.poll(at.focused).toBe('Code');
  // No step is taken twice, and one ahead of the clock is: whichever passes meanwhile, this one holds.
  await at.type(app.generate({ timestamp: Date.now() + 30_000 }));
  await at.press('Enter');
  await at.grid('Pending').waitFor();
});

it('unlocks with the password alone, and signs in again without the center by it', async () => {
  await at.press('F10');
  await at.field('Password').waitFor();
  await at.type(DEMO_SIGN_IN.password);
  await at.press('Enter');
  await at.grid('Pending').waitFor();
  room.center('closed');
  await at.press('F10');
  await at.tabTo('Sign out');
  await at.press('Enter');
  await typeIn();
  await at.grid('Pending').waitFor();
  room.center('open');
});

it('takes a recovery code in its place', async () => {
  await at.press('F10');
  await at.tabTo('Sign out');
  await at.press('Enter');
  await at.field('User').waitFor();
  await at.page.getByText('Sign in to work at this position').waitFor();
  await typeIn();
  await at.field('Code').waitFor();
  await at.type(recovery[0]?.toLowerCase() ?? '');
  await at.press('Enter');
  await at.grid('Pending').waitFor();
});
