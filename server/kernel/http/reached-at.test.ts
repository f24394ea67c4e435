import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { networkOf } from './network.ts';
import { reachedAt } from './reached-at.ts';
import { certificate } from './testing/certificate.ts';

const MACHINE = ['127.0.0.1', '::1', '10.0.0.5', '172.18.0.2', 'fd00::5', 'fe80::1', '169.254.7.7'];

const inClear = (host: string, closedNetworks?: string): readonly string[] =>
  reachedAt({ host, port: 8420, certificate: null, network: networkOf({ closedNetworks }) }, MACHINE);

it('is where it listens, where that is an address or a name', () => {
  expect(['127.0.0.1', 'center.example', '::1', '10.0.0.5'].map((host) => inClear(host))).toEqual([
    ['http://127.0.0.1:8420'],
    ['http://center.example:8420'],
    ['http://[::1]:8420'],
    ['http://10.0.0.5:8420'],
  ]);
});

it('is each address that a caller is heard at, where it listens at all of them: nobody opens 0.0.0.0', () => {
  expect(inClear('0.0.0.0', '172.18.0.0/16')).toEqual(['http://172.18.0.2:8420', 'http://127.0.0.1:8420']);
  expect(inClear('::', '172.18.0.0/16, fd00::/8')).toEqual([
    'http://172.18.0.2:8420',
    'http://[fd00::5]:8420',
    'http://127.0.0.1:8420',
    'http://[::1]:8420',
  ]);
  expect(reachedAt({ host: '0.0.0.0', port: 80, certificate: null, network: networkOf() }, ['10.0.0.5'])).toEqual([
    'http://0.0.0.0:80',
  ]);
  expect(inClear('::0')).toEqual(['http://127.0.0.1:8420', 'http://[::1]:8420']);
});

it('is what its certificate vouches for, the names that people are told first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-reached-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const under = async (name: string, publicUrl?: string, addresses = MACHINE): Promise<readonly string[]> => {
    await certificate('center', files, name);
    const shown = readFileSync(files.cert);
    return reachedAt({ host: '0.0.0.0', port: 443, certificate: shown, network: networkOf({ publicUrl }) }, addresses);
  };
  try {
    const [localhost, loopback] = ['https://localhost:443', 'https://127.0.0.1:443'];
    expect(await under('id.example')).toEqual(['https://id.example:443', localhost, loopback]);
    expect(await under('*.id.example')).toEqual([localhost, loopback]);
    expect(await under('id.example', 'https://localhost')).toEqual([localhost, 'https://id.example:443', loopback]);
    expect(await under('id.example', undefined, ['10.0.0.5'])).toEqual(['https://id.example:443', localhost]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
