import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';

let pages: string;
let center: TestCenter;
beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), 'qd-compressed-'));
  mkdirSync(join(pages, 'assets'));
  writeFileSync(join(pages, 'center.html'), '<!doctype html><title>Center</title>');
  writeFileSync(join(pages, 'assets', 'center-1a2b.js'), 'export {};'.repeat(500));
  center = await testCenter({ pages });
});
afterAll(async () => {
  await center?.close();
  rmSync(pages, { recursive: true, force: true });
});

/** The encoding of an answer to somebody who takes gzip, or nothing but what it is. */
async function encodingOf(path: string, taken: 'gzip' | null): Promise<string | null> {
  const { headers, body, statusCode } = await request(`${center.url}${path}`, {
    headers: {
      authorization: `Bearer ${center.adminToken}`,
      ...(taken === null ? {} : { 'accept-encoding': taken }),
    },
  });
  await body.dump();
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toMatch(/json|javascript/);
  return String(headers['content-encoding'] ?? 'none');
}

it('compresses what is long, be it rows, bytes or a file of the page, for those who take it', async () => {
  for (const path of ['/v1/permissions', '/openapi.json', '/assets/center-1a2b.js']) {
    expect([path, await encodingOf(path, 'gzip')]).toEqual([path, 'gzip']);
    expect([path, await encodingOf(path, null)]).toEqual([path, 'none']);
  }
  expect(await encodingOf('/health', 'gzip')).toBe('none');
});
