/** A master key in Vault's transit engine. It never leaves there: organisation keys go there to be wrapped, with their context. */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { type KeeperTrouble, keeperFailure } from './keeper.ts';
import type { MasterKey } from './master.ts';

const PATIENCE_MS = 5_000;
/** Asked again after these pauses where that may pass by itself: to wrap or unwrap twice does no harm. ms */
const PAUSES: readonly number[] = [200, 1_000];
/** A standby that has not caught up, a quota, a node that is sealed or on its way: what Vault answers with in passing. */
const PASSING: ReadonlySet<number> = new Set([412, 429, 500, 502, 503, 504]);
const Encrypted = z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:') }) });
const Decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });
const Errors = z.object({ errors: z.array(z.string()) });
/** What Vault says of a ciphertext that is not this key's, or not of this context. */
const NOT_OURS = /message authentication failed|invalid ciphertext|unable to decrypt|cipher: /i;
/** What it says in a 400 of the key: a version that min_decryption_version shuts out, one that is not there yet, a key set aside. */
const OF_THE_KEY: readonly (readonly [RegExp, KeeperTrouble])[] = [
  [/disallowed by policy|version is (?:too (?:old|new)|not available)|soft.?deleted/i, 'disabled'],
  [/key not found|no existing key/i, 'gone'],
  [/not supported|does not support|unsupported|non-aead|key derivation/i, 'unfit'],
];

export interface VaultKey {
  /** Of Vault, without a path: `https://vault.example:8200`. */
  readonly url: string;
  /** Name of a key of type aes256-gcm96. */
  readonly key: string;
  /** Read at each call: an agent may renew it. Throws where it cannot be read. */
  readonly token: () => string | Promise<string>;
  readonly namespace?: string | undefined;
  /** PEM of the one by whose word alone it is taken; null or left out for those that the system knows. */
  readonly authority?: string | null;
  /** How long an answer is waited for. ms */
  readonly patience?: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function vaultMasterKey(options: VaultKey): MasterKey {
  const { url, key, token, namespace, authority = null, patience = PATIENCE_MS } = options;
  const way = authority === null ? {} : { dispatcher: new Agent({ connect: { ca: authority } }) };
  const failure = (trouble: KeeperTrouble, said: string, cause?: unknown) =>
    keeperFailure(trouble, { keeper: `Vault at ${url}`, key, said }, cause);

  const once = async (what: string, body: object, shown: string): Promise<Answer> => {
    const answer = await request(`${url}/v1/transit/${what}/${encodeURIComponent(key)}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-vault-token': shown,
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      },
      body: JSON.stringify(body),
      ...way,
      headersTimeout: patience,
      bodyTimeout: patience,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: parsed(text) };
  };
  const call = async (what: 'encrypt' | 'decrypt', body: object): Promise<Answer> => {
    for (let tries = 0; ; tries++) {
      const shown = await Promise.resolve()
        .then(token)
        .catch((error: unknown) => {
          throw failure('denied', 'the token cannot be read', error);
        });
      const pause = PAUSES[tries];
      try {
        const answer = await once(what, body, shown);
        if (!PASSING.has(answer.status) || pause === undefined) return answer;
      } catch (error) {
        if (pause === undefined) throw failure('away', 'no answer', error);
      }
      await delay(pause);
    }
  };
  const refusal = ({ status, body }: Answer) => {
    const said = Errors.safeParse(body);
    const errors = said.success ? said.data.errors : [];
    if (status === 401 || status === 403) return failure('denied', String(status));
    if (status === 404) return failure('gone', '404');
    const of = status === 400 ? OF_THE_KEY.find(([pattern]) => errors.some((error) => pattern.test(error))) : undefined;
    return failure(of?.[1] ?? 'away', String(status));
  };
  const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

  return {
    id: `vault:${url}/${key}`,
    kind: 'vault',
    wrap: async (plain, context) => {
      const answer = await call('encrypt', { plaintext: base64(plain), associated_data: base64(context) });
      const read = Encrypted.safeParse(answer.body);
      if (answer.status !== 200 || !read.success) throw refusal(answer);
      return Buffer.from(read.data.data.ciphertext, 'ascii');
    },
    unwrap: async (wrapped, context) => {
      const ciphertext = Buffer.from(wrapped).toString('ascii');
      if (!ciphertext.startsWith('vault:')) return null;
      const answer = await call('decrypt', { ciphertext, associated_data: base64(context) });
      const read = Decrypted.safeParse(answer.body);
      if (answer.status === 200 && read.success) return Buffer.from(read.data.data.plaintext, 'base64');
      const said = Errors.safeParse(answer.body);
      if (answer.status === 400 && said.success && said.data.errors.some((error) => NOT_OURS.test(error))) return null;
      throw refusal(answer);
    },
  };
}

/** Null for what is no JSON: a proxy in front of Vault answers in HTML. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
