/** A center with the demo county as a process of its own, a browser, and an invitation of Grace, who is to administer all of it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { InvitedOutSchema } from '../../domain/identity/api/people.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';
import { launchBrowser } from './console.ts';
import { startDemoCenter } from './demo-center.ts';

/** What Grace chooses. */
export const PASSWORD = 'lanterns over the breakwater';

export interface CenterHouse {
  readonly url: string;
  readonly folder: string;
  readonly context: BrowserContext;
  /** The code of the invitation. */
  readonly invitation: string;
  /** What else is to be ended before the center, the last first. */
  readonly closing: (() => Promise<unknown>)[];
  readonly close: () => Promise<void>;
}

export async function centerHouse(): Promise<CenterHouse> {
  await buildCenterPage();
  const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-center-'));
  mkdirSync(join(folder, 'tmp'), { mode: 0o777 });
  const env = { ...process.env, TMPDIR: join(folder, 'tmp') };
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { child, ready } = await startDemoCenter({ folder: join(folder, 'center'), env });
    closing.push(() => child.stop());
    const launching = launchBrowser(join(folder, 'browser'), env);
    closing.push(async () => (await launching).close());
    const url = (await ready).center;
    const context = await launching;
    const token = await signIn(url, DEMO_ADMINISTRATOR);
    const body = { login: 'grace', name: 'Grace', roles: ['admin'], site: null };
    const { code } = await askCenter(url, '/v1/invitations', InvitedOutSchema, { token, body });
    return { url, folder, context, invitation: code, closing, close };
  } catch (error) {
    await close();
    throw error;
  }
}
