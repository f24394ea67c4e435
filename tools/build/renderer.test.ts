import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CannotBuild, mustTakeBuilds } from './renderer.ts';

it('says in one sentence where a build cannot be written, and who can: Vite showed how it failed', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'qd-build-'));
  try {
    expect(() => mustTakeBuilds(checkout)).toThrow(CannotBuild);
    expect(() => mustTakeBuilds(checkout)).toThrow(
      `${join(checkout, 'node_modules')} cannot be written to: run "npm run build" once as the user whose it is.`,
    );
    mkdirSync(join(checkout, 'node_modules'));
    mkdirSync(join(checkout, 'dist'));
    mustTakeBuilds(checkout);
  } finally {
    rmSync(checkout, { recursive: true });
  }
});
