/** Works a call through at a real station by keyboard alone, keeping pictures: `node renderer/testing/work.ts FOLDER`. */
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startLiveStation } from './live-station.ts';

const folder = process.argv[2] ?? '.';
const station = await startLiveStation();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
const page = await context.newPage();
page.on('console', (message) => {
  if (message.type() === 'error' || message.type() === 'warning') console.log(`${message.type()}: ${message.text()}`);
});
page.on('pageerror', (error) => console.log(`page error: ${error.stack}`));
const began = Date.now();
await page.goto(station.address());
await page.getByRole('grid', { name: 'Units' }).waitFor();
console.log(`board in ${Date.now() - began} ms`);
const shot = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) });
const keys = page.keyboard;
const said = async (what: string) => {
  await page.waitForTimeout(150);
  console.log(`${what}: ${await page.getByRole('status', { name: 'Last command' }).textContent()}`);
};

await keys.press('F5');
await page.getByLabel('Location').waitFor();
await page.waitForTimeout(200);
await keys.type('1200 Harbor Blvd');
await keys.press('Enter');
await page.waitForTimeout(200);
await keys.type('chest');
await page.waitForTimeout(150);
await shot('w1-nature');
await keys.press('1');
await page.waitForTimeout(200);
await page.getByLabel('Callback').focus();
await keys.type('(415) 555-0142');
await keys.press('`');
await keys.type('? D');
await page.waitForTimeout(100);
await keys.press('Enter');
await page.waitForTimeout(150);
console.log('back in', await page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.value));
await keys.press('Enter');
await page.getByLabel('Notes').focus();
await keys.type('Taking blood thinners');
await keys.press('Enter');
await page.waitForTimeout(200);
await said('intake');
const number = await page.getByRole('grid', { name: 'Pending' }).getByRole('row').nth(1).getAttribute('aria-label');
console.log('pending', number);
await keys.press('F4');
await page.waitForTimeout(100);
const unit = await page.evaluate(() => {
  const grid = document.querySelector('[aria-label="Units"]');
  const id = grid?.getAttribute('aria-activedescendant');
  return id ? document.getElementById(id)?.getAttribute('aria-label') : null;
});
console.log('unit', unit);
await keys.press('`');
await keys.type(`D ${unit} ${number?.slice(-4)}`);
await page.waitForTimeout(150);
await shot('w2-ghost');
await keys.press('Enter');
await said('dispatch');
await keys.press('F4');
for (const step of ['DP→', 'ER→', 'OS→', 'AP→']) {
  await keys.press('F9');
  await said(step);
}
await page.waitForTimeout(200);
await shot('w3-needs');
await keys.press('1');
await said('TR to the first hospital');
await keys.press('F9');
await said('AH');
await keys.press('F3');
await page.waitForTimeout(100);
await keys.press('t');
await page.waitForTimeout(100);
await shot('w4-time');
await keys.press('Escape');
await keys.press('c');
await page.waitForTimeout(100);
await keys.press('1');
await page.waitForTimeout(200);
await shot('w5-confirm');
await keys.press('Enter');
await said('close');
await page.waitForTimeout(300);
await shot('w6-closed');
const { violations } = await import('@axe-core/playwright').then(({ AxeBuilder }) =>
  new AxeBuilder({ page }).analyze(),
);
for (const each of violations)
  console.log(
    `axe ${each.impact} ${each.id}: ${each.nodes
      .slice(0, 3)
      .map((node) => node.html.slice(0, 160))
      .join(' || ')}`,
  );
await browser.close();
await station.close();
