/**
 * Where the master key may be, against servers on loopback that really encrypt and that check what a real one would refuse:
 * AWS KMS's JSON protocol with its signed requests, and Vault's transit engine. The services themselves were never contacted.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterKey } from './master.ts';
import { openMasterKeys } from './master-config.ts';

const CONTEXT = 'qd.org_key.1|alpha';
const PLAIN = randomBytes(32);
let folder: string;
let servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-master-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  for (const name of ['AWS_ENDPOINT_URL_KMS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
});

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly [name: string]: unknown };
}
type Answer = { readonly status: number; readonly type?: string; readonly body: unknown };

async function serve(answer: (asked: Asked) => Answer): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(parts).toString('utf8')),
    };
    asked.push(one);
    const { status, type = 'application/json', body } = answer(one);
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
  });
  servers = [...servers, server];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** AES-256-GCM with the context authenticated, as both services do it. */
function keeper(): {
  readonly encrypt: (plain: Buffer, context: string) => Buffer;
  readonly decrypt: (sealed: Buffer, context: string) => Buffer | null;
} {
  const key = randomBytes(32);
  return {
    encrypt: (plain, context) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt: (sealed, context) => {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(context));
        decipher.setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch {
        return null;
      }
    },
  };
}

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/eu-central-1\/kms\/aws4_request, SignedHeaders=[\w;-]*host[\w;-]*, Signature=[0-9a-f]{64}$/;

async function kms(): Promise<{ readonly key: MasterKey; readonly asked: Asked[] }> {
  const own = keeper();
  const failure = (name: string): Answer => ({
    status: 400,
    type: 'application/x-amz-json-1.1',
    body: { __type: name },
  });
  const { url, asked } = await serve(({ headers, body }) => {
    if (!SIGNED.test(headers.authorization ?? '') || headers['x-amz-date'] === undefined) {
      return failure('MissingAuthenticationTokenException');
    }
    if (body.KeyId !== ARN) return failure('NotFoundException');
    const context = JSON.stringify(body.EncryptionContext);
    const ok = (of: object): Answer => ({
      status: 200,
      type: 'application/x-amz-json-1.1',
      body: { KeyId: ARN, ...of },
    });
    if (headers['x-amz-target'] === 'TrentService.Encrypt') {
      return ok({
        CiphertextBlob: own.encrypt(Buffer.from(String(body.Plaintext), 'base64'), context).toString('base64'),
      });
    }
    if (headers['x-amz-target'] === 'TrentService.Decrypt') {
      const plain = own.decrypt(Buffer.from(String(body.CiphertextBlob), 'base64'), context);
      return plain ? ok({ Plaintext: plain.toString('base64') }) : failure('InvalidCiphertextException');
    }
    return failure('UnknownOperationException');
  });
  process.env.AWS_ENDPOINT_URL_KMS = url;
  process.env.AWS_ACCESS_KEY_ID = 'AKIDTEST';
  process.env.AWS_SECRET_ACCESS_KEY = 'not a real one';
  const { current } = await openMasterKeys({ key: `aws-kms:${ARN}` }, join(folder, 'unused'), true);
  return { key: current, asked };
}

async function vault(): Promise<{ readonly key: MasterKey; readonly asked: Asked[]; readonly url: string }> {
  const own = keeper();
  const { url, asked } = await serve(({ path, headers, body }) => {
    if (headers['x-vault-token'] !== 'a token') return { status: 403, body: { errors: ['permission denied'] } };
    const context = String(body.associated_data);
    if (path === '/v1/transit/encrypt/qd') {
      const sealed = own.encrypt(Buffer.from(String(body.plaintext), 'base64'), context);
      return { status: 200, body: { data: { ciphertext: `vault:v1:${sealed.toString('base64')}`, key_version: 1 } } };
    }
    if (path !== '/v1/transit/decrypt/qd') return { status: 404, body: { errors: [] } };
    const plain = own.decrypt(Buffer.from(String(body.ciphertext).replace('vault:v1:', ''), 'base64'), context);
    return plain
      ? { status: 200, body: { data: { plaintext: plain.toString('base64') } } }
      : { status: 400, body: { errors: ['cipher: message authentication failed'] } };
  });
  const { current } = await openMasterKeys({ key: `vault:${url}/qd`, vaultToken: 'a token' }, join(folder, 'x'), true);
  return { key: current, asked, url };
}

const file = async (name = 'a'): Promise<{ readonly key: MasterKey }> => {
  const { current } = await openMasterKeys({ key: `file:${join(folder, name)}` }, join(folder, 'unused'), false);
  return { key: current };
};

describe.each([
  ['a file', file],
  ['AWS KMS', kms],
  ['Vault', vault],
])('a master key in %s', (_, made) => {
  it('opens what it wrapped, in its context alone', async () => {
    const { key } = await made();
    const wrapped = await key.wrap(PLAIN, CONTEXT);
    expect(wrapped.includes(PLAIN)).toBe(false);
    expect(await key.unwrap(wrapped, CONTEXT)).toEqual(PLAIN);
    expect(await key.unwrap(wrapped, 'qd.org_key.1|beta')).toBeNull();
    const flipped = Buffer.from(wrapped);
    const at = flipped.length - 4;
    flipped[at] = (flipped[at] as number) ^ 1;
    expect(await key.unwrap(flipped, CONTEXT)).toBeNull();
  });

  it('does not open what another wrapped', async () => {
    const wrapped = await (await file('another')).key.wrap(PLAIN, CONTEXT);
    expect(await (await made()).key.unwrap(wrapped, CONTEXT)).toBeNull();
  });
});

describe('AWS KMS', () => {
  it('is asked in signed requests, with the context, and never gets a key twice under one name (ASVS 13.3.1)', async () => {
    const { key, asked } = await kms();
    await key.unwrap(await key.wrap(PLAIN, CONTEXT), CONTEXT);
    expect(asked).toHaveLength(2);
    for (const { headers, body } of asked) {
      expect(headers.authorization).toMatch(SIGNED);
      expect(body.EncryptionContext).toEqual({ qd: CONTEXT });
      expect(body.KeyId).toBe(ARN);
    }
    expect(key.id).toBe(`aws-kms:${ARN}`);
  });

  it('that refuses is told apart from a key that is wrong', async () => {
    const { key } = await kms();
    const { url } = await serve(() => ({
      status: 400,
      type: 'application/x-amz-json-1.1',
      body: { __type: 'AccessDeniedException', message: 'no' },
    }));
    process.env.AWS_ENDPOINT_URL_KMS = url;
    const { current: refused } = await openMasterKeys({ key: `aws-kms:${ARN}` }, '', true);
    await expect(refused.wrap(PLAIN, CONTEXT)).rejects.toMatchObject({
      code: 'key.denied',
      message: expect.stringContaining('AccessDeniedException'),
    });
    await expect(refused.unwrap(Buffer.from('x'), CONTEXT)).rejects.toMatchObject({ code: 'key.denied' });
    expect(key.kind).toBe('aws-kms');
  });
});

describe('Vault', () => {
  it('that is sealed, away or without a right is told apart from a key that is wrong', async () => {
    const { url } = await vault();
    const open = async (of: object) =>
      (await openMasterKeys({ key: `vault:${url}/qd`, vaultToken: 'a token', ...of }, '', true)).current;
    await expect((await open({ vaultToken: 'another' })).wrap(PLAIN, CONTEXT)).rejects.toMatchObject({
      code: 'key.denied',
    });
    await expect(
      (await open({ key: `vault:${url}/other` })).unwrap(Buffer.from('vault:v1:AAAA'), CONTEXT),
    ).rejects.toMatchObject({
      code: 'key.gone',
    });
    await expect((await open({ key: 'vault:http://127.0.0.1:1/qd' })).wrap(PLAIN, CONTEXT)).rejects.toMatchObject({
      code: 'key.away',
      message: expect.stringContaining('unsealed'),
    });
  });

  it('gets the token of now, from the file that an agent keeps it in', async () => {
    const { url, asked } = await vault();
    const token = join(folder, 'token');
    writeFileSync(token, 'an old one\n');
    const config = { key: `vault:${url}/qd`, vaultTokenFile: token, vaultNamespace: 'psap' };
    const { current } = await openMasterKeys(config, '', true);
    await expect(current.wrap(PLAIN, CONTEXT)).rejects.toMatchObject({ code: 'key.denied' });
    writeFileSync(token, 'a token\n');
    await current.wrap(PLAIN, CONTEXT);
    expect(asked.at(-1)?.headers['x-vault-namespace']).toBe('psap');
  });
});

describe('where it is said to be', () => {
  it.each([
    ['nonsense', 'file:PATH, aws-kms:ARN or vault:URL/KEY'],
    ['s3:bucket', 'file:PATH'],
    ['aws-kms:alias/x', 'ARN of a key'],
    ['vault:qd', 'address of Vault'],
    ['vault:https://vault.example:8200/', 'address of Vault'],
    ['vault:http://vault.example:8200/qd', 'over https'],
    ['vault:https://center:secret@vault.example:8200/qd', 'address of Vault'],
    ['vault:https://vault.example:8200/qd', 'VAULT_TOKEN'],
  ])('%s: says what is wrong in one sentence', async (key, said) => {
    await expect(openMasterKeys({ key }, join(folder, 'master.key'), false)).rejects.toMatchObject({
      code: 'key.config',
      message: expect.stringContaining(said),
    });
  });

  it('a file is made once, for its owner alone, and never where there is data', async () => {
    const path = join(folder, 'deep', 'master.key');
    const first = await openMasterKeys({}, path, false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await openMasterKeys({}, path, true)).current.id).toBe(first.current.id);
    expect(readFileSync(path, 'utf8')).not.toContain(first.current.id);
    chmodSync(path, 0o640);
    await expect(openMasterKeys({}, path, true)).rejects.toMatchObject({ code: 'key.open_to_others' });
    await expect(openMasterKeys({}, join(folder, 'none'), true)).rejects.toMatchObject({ code: 'key.missing' });
    await expect(openMasterKeys({ key: 'file:/dev/null/key' }, path, false)).rejects.toMatchObject({
      code: expect.stringMatching(/^key\.un(readable|writable)$/),
    });
    const old = `file:${join(folder, 'old-that-is-not-there')}`;
    await expect(openMasterKeys({ old }, join(folder, 'new'), false)).rejects.toMatchObject({ code: 'key.missing' });
  });
});
