/** What a browser is started with says nothing of the address: the page that it gets goes on to it, in a real browser, at a real host. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { openDeskHost } from '../../server-bridge/host/testing/desk-host.ts';
import { handOver } from '../../tools/start/hand-over.ts';
import { findHeadlessChromium } from '../../tools/test/chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-handed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a browser that is given the page stands at the console, with its token', async () => {
  const at = await openDeskHost();
  const browser = await chromium.launch({
    executablePath: findHeadlessChromium() ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const address = `${at.host.url}#token=a-secret&panel=units`;
    const page = await browser.newPage();
    await page.goto(handOver(folder, address).page);
    await expect.poll(() => page.url()).toBe(address);
    await expect.poll(() => page.title()).toBe('Console');
    expect(await page.evaluate(() => document.referrer)).toBe('');
  } finally {
    await browser.close();
    await at.close();
  }
});
