import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../domain/kernel/command-line.ts';
import { COMMAND_LINE, stationName, withCodes } from './flags.ts';

const refusal = (...args: string[]): string => {
  const outcome = readCommandLine(COMMAND_LINE, args, parseArgs);
  return outcome.ok ? '' : outcome.refusal.message;
};
const flags = (...args: string[]) => {
  const outcome = readCommandLine(COMMAND_LINE, args, parseArgs);
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  if (outcome.value === 'help') throw new Error('asked for help');
  return outcome.value;
};

describe('flags of npm start', () => {
  it('starts a center and one console in .data when nothing is said', () => {
    expect(flags()).toEqual({
      data: resolve('.data'),
      open: true,
      ports: { center: null, console: null, lan: null },
      lanHost: null,
      stations: 1,
      center: null,
      centerCa: null,
      consoles: true,
      codes: [],
    });
  });

  it('calls a workstation of a center elsewhere after its machine, one beside its own center a console', () => {
    const elsewhere = ['--console-only', '--center', 'https://center.example'];
    expect(stationName(flags(...elsewhere), 1, 'desk-3')).toBe('desk-3');
    expect(stationName(flags(...elsewhere, '--stations', '2'), 2, 'desk-3')).toBe('desk-3 2');
    expect(stationName(flags(), 1, 'desk-3')).toBe('Console');
    expect(stationName(flags('--stations', '2'), 2, 'desk-3')).toBe('Console 2');
  });

  it('reads each flag', () => {
    const given = '--data /d --no-open --center-port 1 --console-port 20 --lan-port 30 --stations 4'.split(' ');
    expect(flags(...given)).toMatchObject({
      data: '/d',
      open: false,
      ports: { center: 1, console: 20, lan: 30 },
      stations: 4,
    });
    expect(flags('--center-only').consoles).toBe(false);
    expect(
      flags('--console-only', '--center', 'https://c.example/', '--enrol', 'ABCD-EFGH', '--enrol', 'IJKL-MNOP'),
    ).toMatchObject({
      center: 'https://c.example',
      codes: ['ABCD-EFGH', 'IJKL-MNOP'],
    });
  });

  it('passes the authority of a center on to its workstations, whose guide names the flag', () => {
    const elsewhere = ['--console-only', '--center', 'https://c.example'];
    expect(flags(...elsewhere, '--center-ca', 'ca.pem').centerCa).toBe(resolve('ca.pem'));
    expect(flags(...elsewhere).centerCa).toBeNull();
    expect(refusal('--center-ca', 'ca.pem')).toContain('--center-ca goes with --console-only');
  });

  it.each([
    [['--colour', 'red'], 'There is no flag --colour'],
    [['stations'], '"stations" belongs to no flag'],
    [['--data'], '--data has no value'],
    [['--no-open=yes'], '--no-open has no value, or one that it does not take'],
    [['--center-port', 'abc'], '--center-port must be a whole number'],
    [['--center-port', '0'], '--center-port must be at least 1'],
    [['--console-port', '70000'], '--console-port must be at most 65535'],
    [['--lan-port', '1.5'], '--lan-port must be a whole number'],
    [['--stations', '0'], '--stations must be at least 1'],
    [['--stations', '500'], '--stations must be at most 20'],
    [['--console-only', '--center', 'ftp://c'], '--center must be an address such as'],
    [['--data', ''], '--data must be at least 1 characters'],
    [['--console-only'], '--console-only needs to know its center'],
    [['--center', 'https://c.example'], '--center goes with --console-only'],
    [['--center-only', '--console-only', '--center', 'https://c'], 'leave nothing to start'],
    [['--center-only', '--stations', '2'], '--stations goes with consoles'],
    [['--center-only', '--console-port', '7320'], '--console-port goes with consoles'],
    [['--center-only', '--lan-port', '7340'], '--lan-port goes with consoles'],
    [['--center-only', '--lan-host', '10.0.0.9'], '--lan-host goes with consoles'],
    [['--lan-host', '0.0.0.0'], '--lan-host must be the one address'],
    [['--console-port', '65535', '--stations', '2'], '--console-port 65535 leaves no port for the last of 2 stations'],
    [['--center-port', '7000', '--console-port', '7000'], '--center-port and --console-port want port 7000 both'],
    [
      ['--console-port', '7000', '--lan-port', '7002', '--stations', '3'],
      '--console-port and --lan-port want port 7002',
    ],
    [['--enrol', 'ABCD-EFGH'], '--enrol goes with --console-only'],
    [['--console-only', '--center', 'https://c', '--center-port', '1'], '--center-port is for a center started here'],
  ])('refuses %j in one sentence that names the flag', (args, says) => {
    expect(refusal(...args)).toContain(says);
    expect(refusal(...args)).not.toContain('\n');
  });

  it('takes codes from QD_ENROL too, where others read the command line, and refuses it as the flag', () => {
    const elsewhere = ['--console-only', '--center', 'https://c.example'];
    const said = (text: string | undefined, ...args: string[]): unknown => {
      const outcome = withCodes(flags(...args), text);
      return outcome.ok ? outcome.value.codes : outcome.refusal.message;
    };
    expect(said('ABCD-EFGH, IJKL-MNOP', ...elsewhere)).toEqual(['ABCD-EFGH', 'IJKL-MNOP']);
    expect(said(undefined, ...elsewhere, '--enrol', 'ABCD-EFGH')).toEqual(['ABCD-EFGH']);
    expect(said('', ...elsewhere)).toEqual([]);
    for (const text of ['short', 'c'.repeat(65), 'ABCD-EFGH\u0007', 'x'.repeat(10_000_000)])
      expect(said(text, ...elsewhere)).toMatch(/^QD_ENROL must be a one-time code[^\n]{1,80}\.$/);
    expect(said('ABCD-EFGH')).toMatch(/^QD_ENROL goes with --console-only/);
    expect(said('ABCD-EFGH', ...elsewhere, '--enrol', 'IJKL-MNOP')).toMatch(/^QD_ENROL and --enrol both/);
  });
});
