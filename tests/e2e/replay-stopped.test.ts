/** A replay that is interrupted, or told to begin where it cannot: it ends in order, and plays over nothing. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { postmasterOf } from '../../tools/start/postmaster.ts';
import { startCenterProcess } from '../../tools/start/processes.ts';
import { replay, UNTIDY, watched } from './replaying.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-replay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('replay', () => {
  it('ends in order where it is interrupted, leaves nothing in a folder of its own, and nothing in one that is kept', async () => {
    const file = join(folder, 'stopped.csv');
    writeFileSync(file, UNTIDY);
    /** One Ctrl-C at the first word of this; a second one would end everything at once. */
    const interruptAt = (word: string): ((said: string, child: ChildProcess) => void) => {
      let asked = false;
      return (said, child) => {
        if (!asked && said.includes(word)) asked = child.kill('SIGINT');
      };
    };
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const gone = await watched([file], {
      env: { TMPDIR: temporary },
      onProgress: interruptAt('starting two stations'),
    });
    expect([gone.code, gone.err]).toEqual([130, expect.stringContaining('stopping')]);
    expect(readdirSync(temporary)).toEqual([]);

    const data = join(folder, 'stopped');
    // At a speed at which the half of the day that is left would take ten seconds.
    const stop = interruptAt('the center was killed');
    const others: Promise<readonly [number | null, string]>[] = [];
    const stopped = await watched([file, '--data', data, '--outage', '--speed', '600'], {
      onProgress: (said, child) => {
        // Meanwhile nobody is told that the folder may be removed, or ends what runs in it.
        if (others.length === 0 && said.includes('playing'))
          for (const flags of [[], ['--verify-only']])
            others.push(replay(file, '--data', data, ...flags).then(({ code, err }) => [code, err]));
        stop(said, child);
      },
    });
    const inUse = [2, expect.stringMatching(/is in use by another start \(process \d+\): stop that one/)];
    expect(await Promise.all(others)).toEqual([inUse, inUse]);
    expect([stopped.code, stopped.out]).toEqual([130, expect.not.stringContaining('different')]);
    expect(existsSync(join(data, 'running'))).toBe(false);
    expect(postmasterOf(join(data, 'center'))).toBeNull();
    const again = await replay(file, '--data', data);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('did not come to its end')]);
    // What was played of it is there, and is told from the rest.
    const verified = await replay(file, '--data', data, '--verify-only');
    expect([verified.code, verified.out]).toEqual([1, expect.stringContaining('holds "nothing"')]);
  });

  it('leaves a center alone that runs on its folder already', async () => {
    const file = join(folder, 'beside.csv');
    writeFileSync(file, UNTIDY);
    const data = join(folder, 'beside');
    const { child, ready } = startCenterProcess({ folder: join(data, 'center'), port: 0, demo: true });
    try {
      const { center } = await ready;
      const refused = await replay(file, '--data', data);
      expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/Another center is running on .*stop it/)]);
      expect((await fetch(new URL('/ready', center))).status).toBe(200);
    } finally {
      await child.stop();
    }
  });

  it('plays over nothing that is there', async () => {
    const file = join(folder, 'over.csv');
    writeFileSync(file, UNTIDY);
    const used = join(folder, 'used');
    mkdirSync(join(used, 'station-1'), { recursive: true });
    writeFileSync(join(used, 'station-1', 'station.db'), '');
    const over = await replay(file, '--data', used);
    expect([over.code, over.err]).toEqual([2, expect.stringContaining('no replay made')]);
    expect(readdirSync(used)).toEqual(['station-1']);
    const none = join(folder, 'none');
    expect((await replay(file, '--data', none, '--verify-only')).err).toContain('holds no replay');
    expect(existsSync(none)).toBe(false);
    writeFileSync(join(used, 'replay.json'), '{');
    expect((await replay(file, '--data', used)).err).toMatch(/replay\.json cannot be read: put it back/);
  });

  it('says in one sentence what it cannot use', async () => {
    const none = await replay(join(folder, 'nothing.csv'));
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('cannot be read')]);
    const large = join(folder, 'large.csv');
    writeFileSync(large, '');
    truncateSync(large, 700_000_000);
    const years = await replay(large);
    expect([years.code, years.err]).toEqual([2, expect.stringContaining('name a file of one day')]);
    expect((await replay('')).err).toMatch(/^Name one CSV file/);
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, 'a,b\n1,2\n');
    const kept = join(folder, 'unmade');
    expect((await replay(wrong, '--data', kept)).err).toContain('has no column "Call Number"');
    expect(existsSync(kept)).toBe(false);
    expect((await replay(wrong, '--speed', 'fast')).err).toContain('speed must be a number');
    expect((await replay(wrong, '--speed', '0')).err).toContain('speed must be at least 0.001');
    expect((await replay(wrong, '--verify-only')).err).toContain('--data DIR');
  });
});
