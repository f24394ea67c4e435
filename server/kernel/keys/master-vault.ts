/** A master key in Vault's transit engine. It never leaves there: organisation keys go there to be wrapped, with their context. */
import { request } from 'undici';
import { z } from 'zod';
import { CenterFailure } from '../db/failure.ts';
import type { MasterKey } from './master.ts';

const PATIENCE_MS = 10_000;
const Encrypted = z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:') }) });
const Decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });
const Errors = z.object({ errors: z.array(z.string()) });
/** What Vault says of a ciphertext that is not this key's, or not of this context; anything else of a 400 is a mistake of ours. */
const NOT_OURS = /message authentication failed|invalid ciphertext|unable to decrypt|cipher: /i;

export interface VaultKey {
  /** Of Vault, without a path: `https://vault.example:8200`. */
  readonly url: string;
  /** Name of a key of type aes256-gcm96. */
  readonly key: string;
  /** Read at each call: an agent may renew it. */
  readonly token: () => string | Promise<string>;
  readonly namespace?: string | undefined;
}

export function vaultMasterKey({ url, key, token, namespace }: VaultKey): MasterKey {
  const call = async (what: 'encrypt' | 'decrypt', body: object): Promise<{ status: number; body: unknown }> => {
    try {
      const answer = await request(`${url}/v1/transit/${what}/${encodeURIComponent(key)}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-vault-token': await token(),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
        },
        body: JSON.stringify(body),
        headersTimeout: PATIENCE_MS,
        bodyTimeout: PATIENCE_MS,
      });
      return { status: answer.statusCode, body: await answer.body.json() };
    } catch (error) {
      throw away('no answer', error);
    }
  };
  const away = (said: string, error?: unknown): CenterFailure =>
    new CenterFailure(
      'key.away',
      `Vault at ${url} does not let the center use the transit key ${key} (${said}); see that it can be reached and is unsealed, and that the center's token may encrypt and decrypt with it.`,
      error,
    );
  const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
  return {
    id: `vault:${url}/${key}`,
    kind: 'vault',
    wrap: async (plain, context) => {
      const { status, body } = await call('encrypt', { plaintext: base64(plain), associated_data: base64(context) });
      const answer = Encrypted.safeParse(body);
      if (status !== 200 || !answer.success) throw away(String(status));
      return Buffer.from(answer.data.data.ciphertext, 'ascii');
    },
    unwrap: async (wrapped, context) => {
      const ciphertext = Buffer.from(wrapped).toString('ascii');
      if (!ciphertext.startsWith('vault:')) return null;
      const { status, body } = await call('decrypt', { ciphertext, associated_data: base64(context) });
      const answer = Decrypted.safeParse(body);
      if (status === 200 && answer.success) return Buffer.from(answer.data.data.plaintext, 'base64');
      const said = Errors.safeParse(body);
      if (status === 400 && said.success && said.data.errors.some((error) => NOT_OURS.test(error))) return null;
      throw away(String(status));
    },
  };
}
