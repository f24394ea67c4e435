/**
 * What AWS KMS and Vault answer where they do not let the center use the key: each is a state of its own, what may pass is asked
 * again, and nobody waits for ever. Errors and their statuses are those of AWS's client (KMS, models/errors) and of Vault's
 * transit engine; the services themselves were never contacted.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { isKeyArn, kmsMasterKey } from './master-kms.ts';
import { vaultMasterKey } from './master-vault.ts';

type Answer = { readonly status: number; readonly body: unknown; readonly type?: string } | 'silence' | 'hang up';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const PLAIN = Buffer.alloc(32, 7);
/** A loaded machine answers well within it. ms */
const PATIENCE = 1_000;
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers in turn, the last from then on. */
async function serve(...answers: readonly Answer[]): Promise<{ readonly url: string; readonly times: () => number }> {
  let times = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const answer = answers[Math.min(times, answers.length - 1)];
      times += 1;
      if (answer === 'hang up') return void request.socket.destroy();
      if (answer === 'silence' || answer === undefined) return;
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' }).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, times: () => times };
}

// One after the other: its client takes from the environment where the service is.
describe('AWS KMS', () => {
  afterEach(() => {
    for (const name of ['AWS_ENDPOINT_URL_KMS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  });
  const failing = (name: string, status = 400): Answer => ({
    status,
    type: 'application/x-amz-json-1.1',
    body: { __type: `com.amazonaws.kms#${name}`, message: 'of the service' },
  });
  const ok = (body: object): Answer => ({ status: 200, type: 'application/x-amz-json-1.1', body });
  async function kms(...answers: readonly Answer[]) {
    const { url, times } = await serve(...answers);
    process.env.AWS_ENDPOINT_URL_KMS = url;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDTEST';
    process.env.AWS_SECRET_ACCESS_KEY = 'not a real one';
    return { key: kmsMasterKey(ARN, PATIENCE), times };
  }

  it.each([
    ['AccessDeniedException', 'key.denied'],
    ['UnrecognizedClientException', 'key.denied'],
    ['InvalidSignatureException', 'key.denied'],
    ['ExpiredTokenException', 'key.denied'],
    ['DisabledException', 'key.disabled'],
    ['KMSInvalidStateException', 'key.disabled'],
    ['NotFoundException', 'key.gone'],
    ['InvalidKeyUsageException', 'key.unfit'],
  ])('%s is %s, said with its name, and asked once', async (name, code) => {
    const { key, times } = await kms(failing(name));
    const expected = { code, message: expect.stringMatching(new RegExp(`${name}.*\\.$`)) };
    await expect(key.wrap(PLAIN, 'c')).rejects.toMatchObject(expected);
    expect(times()).toBe(1);
    await expect(key.unwrap(PLAIN, 'c')).rejects.toMatchObject(expected);
  });

  it.each([
    ['ThrottlingException', 400],
    ['KeyUnavailableException', 500],
    ['DependencyTimeoutException', 503],
    ['KMSInternalException', 500],
  ])('%s is asked again, and the answer taken; three times in all', async (name, status) => {
    const wrapped = ok({ CiphertextBlob: Buffer.from('wrapped').toString('base64'), KeyId: ARN });
    const passing = await kms(failing(name, status), failing(name, status), wrapped);
    expect((await passing.key.wrap(PLAIN, 'c')).toString()).toBe('wrapped');
    const staying = await kms(failing(name, status));
    await expect(staying.key.unwrap(PLAIN, 'c')).rejects.toMatchObject({ code: 'key.away' });
    expect(staying.times()).toBe(3);
  });

  it('that says nothing is given up, and an answer without what was asked for is none', async () => {
    const empty = await kms(ok({ KeyId: ARN }));
    await expect(empty.key.wrap(PLAIN, 'c')).rejects.toMatchObject({ code: 'key.away' });
    // Not null: that would mean that another key wrapped it.
    await expect(empty.key.unwrap(PLAIN, 'c')).rejects.toMatchObject({ code: 'key.away' });
    const silent = await kms('silence');
    await expect(silent.key.wrap(PLAIN, 'c')).rejects.toMatchObject({
      code: 'key.away',
      message: expect.stringContaining('TimeoutError'),
    });
  }, 120_000);

  it('is asked about a key by its own name: an alias may come to name another, and nothing of before would open', () => {
    expect(isKeyArn(ARN)).toBe(true);
    expect(isKeyArn(ARN.replace('key/', 'key/mrk-').replace('arn:aws:', 'arn:aws-us-gov:'))).toBe(true);
    expect(isKeyArn('arn:aws:kms:eu-central-1:111122223333:alias/center')).toBe(false);
  });
});

describe('Vault', () => {
  const errors = (status: number, ...said: readonly string[]): Answer => ({ status, body: { errors: said } });
  const wrapped: Answer = { status: 200, body: { data: { ciphertext: 'vault:v1:AAAA' } } };
  const CIPHERTEXT = Buffer.from('vault:v1:AAAA');
  async function vault(...answers: readonly Answer[]) {
    const { url, times } = await serve(...answers);
    return { key: vaultMasterKey({ url, key: 'qd', token: () => 't', patience: PATIENCE }), times };
  }

  it.each([
    [403, 'permission denied', 'key.denied'],
    [404, 'no handler for route "transit/decrypt/qd"', 'key.gone'],
    [400, 'encryption key not found', 'key.gone'],
    [400, 'ciphertext or signature version is disallowed by policy (too old)', 'key.disabled'],
    [400, 'invalid ciphertext: version is too new', null],
    [400, 'cipher: message authentication failed', null],
    [400, 'key type ecdsa-p256 does not support encryption', 'key.unfit'],
    [400, "'[0].associated_data' provided for non-AEAD cipher suite rsa-4096", 'key.unfit'],
    [400, "missing 'context' for key derivation; the key was created using a derived key", 'key.unfit'],
    [400, 'something of a version to come', 'key.away'],
  ])('%i %s: %s, asked once', async (status, said, code) => {
    const { key, times } = await vault(errors(status, said));
    const opened = key.unwrap(CIPHERTEXT, 'c');
    if (code === null) expect(await opened).toBeNull();
    else await expect(opened).rejects.toMatchObject({ code, message: expect.stringContaining(String(status)) });
    expect(times()).toBe(1);
  });

  // All at once: they wait for the pause before it is asked again, or for an answer that never comes.
  it.concurrent.each([
    ['a standby that has not caught up', errors(412, 'required index state not present')],
    ['a quota', errors(429, 'request path "transit": rate limit quota exceeded')],
    ['a sealed node', errors(503, 'Vault is sealed')],
    ['a proxy before a node that is away', { status: 502, body: '<html>', type: 'text/html' } as Answer],
    ['a connection that breaks', 'hang up' as Answer],
  ])('%s is asked again, and the answer taken; three times in all', async (_, answer) => {
    const passing = await vault(answer, wrapped);
    expect((await passing.key.wrap(PLAIN, 'c')).toString()).toBe('vault:v1:AAAA');
    expect(passing.times()).toBe(2);
    const staying = await vault(answer);
    await expect(staying.key.unwrap(CIPHERTEXT, 'c')).rejects.toMatchObject({ code: 'key.away' });
    expect(staying.times()).toBe(3);
  });

  it.concurrent('that says nothing is given up', async () => {
    const { key } = await vault('silence');
    await expect(key.wrap(PLAIN, 'c')).rejects.toMatchObject({ code: 'key.away' });
  }, 120_000);

  it('is not asked without the token, and with the one that an agent put there meanwhile', async ({
    onTestFinished,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-keeper-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'token');
    const { url, times } = await serve(wrapped);
    const { readFile } = await import('node:fs/promises');
    const key = vaultMasterKey({ url, key: 'qd', token: () => readFile(file, 'utf8') });
    await expect(key.wrap(PLAIN, 'c')).rejects.toMatchObject({
      code: 'key.denied',
      message: expect.stringContaining('token cannot be read'),
    });
    expect(times()).toBe(0);
    writeFileSync(file, 't');
    expect(await key.wrap(PLAIN, 'c')).toEqual(CIPHERTEXT);
  });
});
