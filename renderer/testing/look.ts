/** Draws the scripted board in Chromium and keeps pictures of it: `node renderer/testing/look.ts FOLDER`. */

import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { installScripted, pictureBoard } from './scripted-station.ts';
import { serveScreens } from './serve-screens.ts';

const folder = process.argv[2] ?? '.';
const { url, close } = await serveScreens();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

async function open(
  width: number,
  height: number,
  center: 'reached' | 'unreachable',
  preferences?: object,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') console.log(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`page error: ${error.stack}`));
  const board = pictureBoard(Date.now(), center);
  const topics = preferences ? { ...board.topics, layouts: { layouts: { preferences } } } : board.topics;
  await page.addInitScript(installScripted, { ...board, topics });
  await page.goto(url);
  await page.waitForSelector('[role=grid]');
  await page.waitForTimeout(700);
  return page;
}

const shot = (page: Page, name: string) => page.screenshot({ path: join(folder, `${name}.png`) });

const night = await open(1920, 1080, 'unreachable');
await night.keyboard.press('F2');
await night.waitForTimeout(200);
await night.keyboard.press('ArrowDown');
await night.keyboard.press('F3');
await night.waitForTimeout(300);
await shot(night, 'night');
await night.keyboard.press('F5');
await night.waitForTimeout(400);
await night.keyboard.press('F4');
await night.waitForTimeout(200);
await night.keyboard.press('ArrowDown');
await night.keyboard.press('Enter');
await night.waitForTimeout(300);
await shot(night, 'intake');
await night.keyboard.press('Escape');
await night.keyboard.press('F1');
await night.waitForTimeout(300);
await shot(night, 'help');
await night.context().close();

const day = await open(1920, 1080, 'reached', { palette: 'day', scale: 100 });
await day.keyboard.press('F2');
await day.keyboard.press('ArrowDown');
await day.waitForTimeout(300);
await day.keyboard.press('n');
await day.waitForTimeout(200);
await shot(day, 'day');
await day.context().close();

const small = await open(1366, 768, 'unreachable');
await small.keyboard.press('F2');
await small.waitForTimeout(300);
await shot(small, 'small');
await small.keyboard.press('F5');
await small.waitForTimeout(300);
await small.keyboard.press('Tab');
await shot(small, 'small-intake');
await small.context().close();

await browser.close();
close();
