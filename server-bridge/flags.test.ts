import { describe, expect, it } from 'vitest';
import { readStationFlags } from './flags.ts';

function refusal(...args: string[]): string {
  const read = readStationFlags(args);
  if (read.ok) throw new Error(`took ${args.join(' ')}`);
  return read.refusal.message;
}

describe('flags of the station', () => {
  it('reads all of them, with a folder alone as the least', () => {
    const least = readStationFlags(['--data', 'x']);
    expect(least).toMatchObject({
      ok: true,
      value: { host: true, consolePort: 0, center: null, lanHost: '127.0.0.1' },
    });
    const all = readStationFlags(
      '--data x --center https://c.example/path --console-port 1 --lan-port 2 --lan-host 10.0.0.1 --lan-address proxy:3 --name N --position p1 --enrol ABCD-EFGH --console y --no-host'.split(
        ' ',
      ),
    );
    expect(all).toMatchObject({
      ok: true,
      value: {
        center: 'https://c.example',
        consolePort: 1,
        lanPort: 2,
        lanAddress: 'proxy:3',
        position: 'p1',
        code: 'ABCD-EFGH',
        host: false,
      },
    });
  });

  it.each([
    ['--data', []],
    ['--data', ['--data']],
    ['--bogus', ['--data', 'x', '--bogus']],
    ['--console-port', ['--data', 'x', '--console-port', '70000']],
    ['--console-port', ['--data', 'x', '--console-port', 'seven']],
    ['--center', ['--data', 'x', '--center', 'ftp://c']],
    ['--lan-address', ['--data', 'x', '--lan-address', 'no-port']],
    ['--enrol', ['--data', 'x', '--enrol', 'short']],
    ['--position', ['--data', 'x', '--position', 'a b']],
    ['--name', ['--data', 'x', '--name', 'n'.repeat(200)]],
    ['belongs', ['--data', 'x', 'stray']],
  ])('names %s in one sentence', (named, args) => {
    const said = refusal(...args);
    expect(said).toContain(named);
    expect(said.split('\n')).toHaveLength(1);
  });
});
