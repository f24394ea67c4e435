import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../domain/kernel/command-line.ts';
import { STATION_LINE } from './flags.ts';

type Flag = keyof typeof STATION_LINE.options;
const read = (...args: string[]) => readCommandLine(STATION_LINE, args, parseArgs);

function refusal(...args: string[]): string {
  const outcome = read(...args);
  if (outcome.ok) throw new Error(`took ${args.join(' ').slice(0, 120)}`);
  return outcome.refusal.message;
}

/** Values that each flag is refused with beside what no flag takes. A flag that is new needs a row here. */
const WRONG: { readonly [F in Flag]: readonly string[] } = {
  data: [''],
  center: ['ftp://c', 'c.example', 'javascript:alert(1)', 'http://center.example', 'http://10.0.0.5:8420', ''],
  'center-ca': [''],
  'console-port': ['70000', 'seven', '-1', '1e3', ''],
  'lan-port': ['65536', '0x10', '1.5', ''],
  'lan-host': ['a b', '10.0.0.1/8', 'n'.repeat(300), '', '0.0.0.0', '::', '0', '::0', '0:0:0:0:0:0:0:0'],
  'lan-address': ['no-port', ':1', 'h:123456', ''],
  name: ['n'.repeat(200), ''],
  position: ['a b', '../x', 'p'.repeat(200), ''],
  enrol: ['short', 'c'.repeat(65)],
  console: [''],
  'no-host': [],
};

describe('flags of the station', () => {
  it('reads all of them, with a folder alone as the least', () => {
    expect(read('--data', 'x')).toMatchObject({
      ok: true,
      value: { host: true, consolePort: 0, center: null, lanHost: '127.0.0.1' },
    });
    const all =
      '--data x --center https://c.example/path --center-ca ca.pem --console-port 1 --lan-port 2 --lan-host 10.0.0.1 --lan-address proxy:3 --name N --position p1 --enrol ABCD-EFGH --console y --no-host';
    for (const flag of Object.keys(STATION_LINE.options)) expect(all).toContain(`--${flag}`);
    expect(read(...all.split(' '))).toMatchObject({
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
    expect(read('--help')).toEqual({ ok: true, value: 'help' });
    for (const flag of Object.keys(STATION_LINE.options)) expect(STATION_LINE.usage).toContain(`  --${flag} `);
  });

  it('takes every address of the machine to listen at only where it is said what the others dial: they dial no 0.0.0.0', () => {
    expect(refusal('--data', 'x', '--lan-host', '0.0.0.0')).toContain(
      '--lan-host must be the one address of this machine that the others dial',
    );
    expect(read('--data', 'x', '--lan-host', '0.0.0.0', '--lan-address', '10.0.0.7:7330')).toMatchObject({ ok: true });
    expect(read('--data', 'x', '--lan-host', 'fd00::7')).toMatchObject({ ok: true, value: { lanHost: 'fd00::7' } });
  });

  it('ask a center of another machine over TLS, and one of this machine as it is (ASVS 12.3.3)', () => {
    const center = (url: string): unknown => {
      const outcome = read('--data', 'x', '--center', url);
      return outcome.ok && outcome.value !== 'help' ? outcome.value.center : null;
    };
    const clear = ['http://center.example', 'http://10.0.0.5:8420', 'http://127.0.0.1.example', 'http://[fe80::1]'];
    for (const url of [...clear, 'http://localhost.example', 'http://127.0.0.1@center.example'])
      expect(center(url), url).toBeNull();
    for (const url of ['https://center.example', 'http://127.0.0.1:8420', 'http://localhost:8420', 'http://[::1]:8420'])
      expect(center(url), url).toBe(url);
  });

  it.each([
    ['--data', []],
    ['--bogus', ['--data', 'x', '--bogus']],
    ['belongs', ['--data', 'x', 'stray']],
  ])('names %s in one sentence', (named, args) => {
    const said = refusal(...args);
    expect(said).toContain(named);
    expect(said.split('\n')).toHaveLength(1);
  });
});

describe.each(Object.entries(STATION_LINE.options))('--%s', (flag, { type }) => {
  const given = (value: string): string[] => [...(flag === 'data' ? [] : ['--data', 'x']), `--${flag}=${value}`];

  it('is refused by name with what it is not, at any length, and twice', () => {
    const values = type === 'boolean' ? ['1', 'true'] : WRONG[flag as Flag];
    expect(values.length).toBeGreaterThan(0);
    const unreadable = ['a\u0000b', 'a\u001b[31m', 'a\u202eb', 'a\ud800', 'a\nb', 'a\tb'];
    for (const value of [...values, ...unreadable, 'x'.repeat(10_000_000)]) {
      const said = refusal(...given(value));
      expect(said, value.slice(0, 40)).toContain(`--${flag} `);
      expect(said.split('\n')).toHaveLength(1);
      expect(said.length).toBeLessThan(200);
      if (value.length > 4) expect(said).not.toContain(value);
    }
    const once = type === 'boolean' ? [`--${flag}`] : [`--${flag}`, 'x'];
    expect(refusal(...once, ...once)).toContain(`--${flag} is given twice`);
    if (type === 'string') expect(refusal(`--${flag}`)).toContain(`--${flag} has no value`);
  });
});
