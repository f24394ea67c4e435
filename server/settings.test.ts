import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CenterFailure } from './kernel/db/failure.ts';
import { networkOf } from './kernel/http/network.ts';
import { openBreached } from './kernel/identity/breached.ts';
import { openMasterKeys } from './kernel/keys/master-config.ts';
import { readPlaces } from './kernel/security/places.ts';
import { readSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'a-file');
writeFileSync(file, 'nothing of the kind\n');

/** Values that the command line and the environment are refused with. A setting that is new needs a row here or below. */
const WRONG: { readonly [name: string]: readonly string[] } = {
  '--data': [''],
  '--port': ['-1', '1e9', '70000', 'x'.repeat(10_000)],
  '--host': ['', 'a b', 'a\nb', 'x'.repeat(300), "'; drop table"],
  '--checkpoints': [''],
  '--log': ['loud', '\u001b[31m'],
  QD_DATA: [''],
  QD_PORT: ['NaN', '-1', '8420 8421'],
  QD_HOST: ['a\u0000b', '../x'],
  QD_CHECKPOINTS: [''],
  QD_DEMO: ['perhaps', '2'],
  QD_LOG: ['loud'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['file:///etc/passwd', 'x'],
  QD_LIMITS_SCALE: ['0', '-1', '1e9', 'x', 'NaN'],
  REDIS_URL: ['http://127.0.0.1', 'x'],
  DATABASE_URL: ['mysql://x', 'x'],
};

/** What is refused where it is used, by a sentence for the operator. */
const WRONG_IN_USE: { readonly [name: string]: readonly (() => unknown)[] } = {
  QD_PUBLIC_URL: ['javascript:alert(1)', 'https://center.example/path', 'x'].map(
    (publicUrl) => () => networkOf({ publicUrl }),
  ),
  QD_TRUSTED_PROXIES: ['everybody', '10.0.0.0/99', '::/0/0'].map(
    (trustedProxies) => () => networkOf({ trustedProxies }),
  ),
  QD_CORS_ORIGINS: ['*', 'null', 'https://a.example/b'].map((corsOrigins) => () => networkOf({ corsOrigins })),
  QD_ADDRESS_PLACES: [join(folder, 'none'), file].map((path) => () => readPlaces(path)),
  QD_BREACHED_PASSWORDS: [join(folder, 'none'), folder].map((path) => () => openBreached(path)),
  QD_MASTER_KEY: ['none', 'vault:', 'aws-kms:', `file:${file}`].map(
    (key) => () => openMasterKeys({ key } as never, join(folder, 'master.key'), true),
  ),
};

function usage(): string {
  const read = readSettings(['--help'], {});
  return read.kind === 'usage' ? read.text : '';
}

it('has a wrong value here for every flag and variable that the usage names', () => {
  const named = new Set(usage().match(/--[a-z][a-z-]*|\b(?:QD|OTEL|REDIS|DATABASE)_[A-Z_]+/g));
  expect(named.size).toBeGreaterThan(15);
  const known = new Set([...Object.keys(WRONG), ...Object.keys(WRONG_IN_USE), '--demo']);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
  expect([...known].filter((name) => !named.has(name))).toEqual([]);
});

it.each(Object.entries(WRONG))('%s is refused in one sentence that says nothing of its value', (name, values) => {
  for (const value of values) {
    const read = name.startsWith('--') ? readSettings([`${name}=${value}`], {}) : readSettings([], { [name]: value });
    expect([value.slice(0, 40), read.kind]).toEqual([value.slice(0, 40), 'wrong']);
    const { sentence } = read as Extract<typeof read, { kind: 'wrong' }>;
    expect(sentence.split('\n')).toHaveLength(1);
    expect(sentence.length).toBeLessThan(300);
    if (value.length > 4) expect(sentence).not.toContain(value);
  }
});

it.each(Object.entries(WRONG_IN_USE))('%s is refused where it is used', async (_name, uses) => {
  for (const use of uses) {
    const failed = await Promise.resolve()
      .then(use)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CenterFailure);
    expect((failed as Error).message.split('\n')).toHaveLength(1);
  }
});
