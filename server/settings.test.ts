import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CenterFailure } from './kernel/db/failure.ts';
import { networkOf } from './kernel/http/network.ts';
import { openAuthority } from './kernel/http/tls.ts';
import { openBreached } from './kernel/identity/passwords/breached.ts';
import { type MasterConfig, masterConfigOf, openMasterKeys } from './kernel/keys/master-config.ts';
import { readPlaces } from './kernel/security/places.ts';
import { collectorHeaders } from './kernel/telemetry/collector.ts';
import { FLAGS, readSettings, VARIABLES } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'a-file');
writeFileSync(file, 'nothing of the kind\n');

/** Values that the command line and the environment are refused with. A setting that is new needs a row here or below. */
const WRONG: { readonly [name: string]: readonly string[] } = {
  '--data': [''],
  '--demo': ['1', 'true'],
  '--port': ['-1', '1e9', '1e3', '0x10', '70000', 'x'.repeat(10_000)],
  '--host': ['', 'a b', 'a\nb', 'x'.repeat(300), "'; drop table"],
  '--checkpoints': [''],
  '--tls-cert': ['', 'one-alone'],
  '--tls-key': ['', 'one-alone'],
  '--log': ['loud', '\u001b[31m'],
  QD_DATA: [''],
  QD_PORT: ['NaN', '-1', '8420 8421'],
  QD_HOST: ['a\u0000b', '../x'],
  QD_CHECKPOINTS: [''],
  QD_TLS_CERT: ['', 'one-alone'],
  QD_TLS_KEY: ['', 'one-alone'],
  QD_DEMO: ['perhaps', '2'],
  QD_LOG: ['loud'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['file:///etc/passwd', 'x'],
  QD_LIMITS_SCALE: ['0', '-1', '1e9', 'x', 'NaN'],
  REDIS_URL: ['http://127.0.0.1', 'x'],
  QD_REDIS_CERT: ['one-alone'],
  QD_REDIS_KEY: ['one-alone'],
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
  QD_CLOSED_NETWORKS: ['all', '0.0.0.0/0', '10.0.0.5', '10.0.0.0/7', '203.0.113.0/24', '::/0', 'fd00::/129'].map(
    (closedNetworks) => () => networkOf({ closedNetworks }),
  ),
  QD_SSO_HOSTS: ['*', 'https://id.example', 'id', '10.0.0.5', '*.com:0', 'id.example:70000', 'id.example/x'].map(
    (ssoHosts) => () => networkOf({ ssoHosts }),
  ),
  QD_CORS_ORIGINS: ['*', 'null', 'https://a.example/b'].map((corsOrigins) => () => networkOf({ corsOrigins })),
  QD_AUTHORITY: [join(folder, 'none'), file, folder].map((path) => () => openAuthority(path)),
  QD_OTLP_HEADERS: [join(folder, 'none'), file, folder].map((path) => () => collectorHeaders(path)),
  QD_ADDRESS_PLACES: [join(folder, 'none'), file].map((path) => () => readPlaces(path)),
  QD_BREACHED_PASSWORDS: [join(folder, 'none'), folder].map((path) => () => openBreached(path)),
  QD_MASTER_KEY: ['none', 'vault:', 'aws-kms:', `file:${file}`].map(
    (key) => () => openMasterKeys({ key }, join(folder, 'master.key'), true),
  ),
  QD_MASTER_KEY_OLD: ['none', 'vault:', `file:${file}`].map(
    (old) => () => openMasterKeys({ old }, join(folder, 'master.key'), false),
  ),
  VAULT_TOKEN: [undefined, 'a\nb'].map((vaultToken) => () => wrappedByVault({ vaultToken })),
  VAULT_TOKEN_FILE: [join(folder, 'none'), folder].map((vaultTokenFile) => () => wrappedByVault({ vaultTokenFile })),
  VAULT_NAMESPACE: ['a\nb', 'a\u0000'].map(
    (vaultNamespace) => () => wrappedByVault({ vaultToken: 't', vaultNamespace }),
  ),
};

/** Nobody listens there: what is wrong with the settings has to be said all the same. */
async function wrappedByVault(config: MasterConfig): Promise<Uint8Array> {
  const keys = await openMasterKeys({ ...config, key: 'vault:http://127.0.0.1:1/k' }, file, true);
  return keys.current.wrap(Buffer.alloc(32), 'x');
}

function usage(): string {
  const read = readSettings(['--help'], {});
  return read.kind === 'usage' ? read.text : '';
}

/** Names of the environment that something reads. */
function readBy(read: (env: NodeJS.ProcessEnv) => unknown): readonly string[] {
  const asked = new Set<string>();
  read(new Proxy({}, { get: (_, name) => void asked.add(String(name)) }));
  return [...asked];
}

it('has a wrong value here for every flag and variable that is declared, and a line of the usage for each', () => {
  const declared = new Set([
    ...Object.keys(FLAGS).map((flag) => `--${flag}`),
    ...Object.values(VARIABLES),
    ...readBy(masterConfigOf),
    ...['QD_PUBLIC_URL', 'QD_TRUSTED_PROXIES', 'QD_CORS_ORIGINS', 'QD_CLOSED_NETWORKS', 'QD_SSO_HOSTS'],
  ]);
  expect(readBy((env) => readSettings([], env)).toSorted()).toEqual(Object.values(VARIABLES).sort());
  expect([...Object.keys(WRONG), ...Object.keys(WRONG_IN_USE)].sort()).toEqual([...declared].sort());
  const named = new Set(usage().match(/--[a-z][a-z-]*|\b(?:QD|OTEL|REDIS|DATABASE|VAULT)_[A-Z_]+/g));
  expect([...named].sort()).toEqual([...declared].sort());
});

const NEVER = ['a\u001b[31m', 'a\u202eb', 'a\nb', 'x'.repeat(10_000_000)];

it.each(Object.entries(WRONG))('%s is refused in one sentence that says nothing of its value', (name, values) => {
  for (const value of [...values, ...NEVER]) {
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

it('wants to know where the collector is that is to be shown who sends', () => {
  const env = { QD_OTLP_HEADERS: '/run/secrets/otlp' };
  const alone = readSettings([], env);
  expect(alone).toMatchObject({ kind: 'wrong', sentence: expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT') });
  const both = readSettings([], { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example' });
  expect(both).toMatchObject({ kind: 'settings', settings: { 'otlp-headers': '/run/secrets/otlp' } });
});

it('wants a Redis that is asked over TLS for the certificate that is shown to it', () => {
  const env = { QD_REDIS_CERT: '/run/center.pem', QD_REDIS_KEY: '/run/center.key' };
  for (const REDIS_URL of [undefined, 'redis://127.0.0.1:6379'])
    expect(readSettings([], { ...env, REDIS_URL })).toMatchObject({
      kind: 'wrong',
      sentence: expect.stringContaining('rediss://'),
    });
  expect(readSettings([], { ...env, REDIS_URL: 'rediss://redis.example' })).toMatchObject({
    kind: 'settings',
    settings: { 'redis-cert': '/run/center.pem', 'redis-key': '/run/center.key' },
  });
});
