import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findChromium, findHeadlessChromium } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-chromium-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
  return path;
}

it('drives tests in one that has no windows, and shows a console in one that has', () => {
  program('chromium-headless-shell');
  program('chromium');
  const env = { PATH: folder };
  expect(basename(findHeadlessChromium(env) ?? '')).toBe('chromium-headless-shell');
  expect(basename(findChromium(env) ?? '')).not.toBe('chromium-headless-shell');
});

it('takes the one that CHROMIUM_PATH names for both, and says where that is none', () => {
  const named = program('mine');
  const env = { PATH: folder, CHROMIUM_PATH: named };
  expect([findChromium(env), findHeadlessChromium(env)]).toEqual([named, named]);
  const wrong = { PATH: folder, CHROMIUM_PATH: join(folder, 'none') };
  for (const find of [findChromium, findHeadlessChromium])
    expect(() => find(wrong)).toThrow(/CHROMIUM_PATH names .*none/);
});
