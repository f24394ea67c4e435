/** A master key in AWS KMS. It never leaves there: organisation keys go there to be wrapped, with their context. */
import type { KMSClient } from '@aws-sdk/client-kms';
import { CenterFailure } from '../db/failure.ts';
import type { MasterKey } from './master.ts';

const ARN = /^arn:aws[\w-]*:kms:([\w-]+):\d{12}:(?:key|alias)\/[\w/-]+$/;
/** Errors that say that what was sent is not what this key wrapped, or not in this context. */
const NOT_OURS: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

export function isKeyArn(text: string): boolean {
  return ARN.test(text);
}

/**
 * `arn` of a symmetric key that may Encrypt and Decrypt. Credentials are found as AWS's own tools find them; the region is the
 * key's. The client is loaded where a center uses it, and nowhere else.
 */
export function kmsMasterKey(arn: string): MasterKey {
  const region = ARN.exec(arn)?.[1] ?? '';
  let client: Promise<KMSClient> | null = null;
  const connected = (): Promise<KMSClient> => {
    client ??= import('@aws-sdk/client-kms').then(({ KMSClient: Client }) => new Client({ region, maxAttempts: 3 }));
    return client;
  };
  return {
    id: `aws-kms:${arn}`,
    kind: 'aws-kms',
    wrap: async (plain, context) => {
      const { EncryptCommand } = await import('@aws-sdk/client-kms');
      const command = new EncryptCommand({
        KeyId: arn,
        Plaintext: plain,
        EncryptionContext: { qd: context },
      });
      const { CiphertextBlob } = await (await connected()).send(command).catch(away);
      if (!CiphertextBlob) throw away(new Error('an answer without a ciphertext'));
      return Buffer.from(CiphertextBlob);
    },
    unwrap: async (wrapped, context) => {
      const { DecryptCommand } = await import('@aws-sdk/client-kms');
      const command = new DecryptCommand({
        KeyId: arn,
        CiphertextBlob: wrapped,
        EncryptionContext: { qd: context },
      });
      const answer = await (await connected()).send(command).catch((error: unknown) => {
        if (error instanceof Error && NOT_OURS.has(error.name)) return null;
        throw away(error);
      });
      return answer?.Plaintext ? Buffer.from(answer.Plaintext) : null;
    },
  };

  function away(error: unknown): never {
    const said = error instanceof Error ? error.name : 'no answer';
    throw new CenterFailure(
      'key.away',
      `AWS KMS does not let the center use the master key ${arn} (${said}); see that it can be reached, and that the center's credentials may Encrypt and Decrypt with it.`,
      error,
    );
  }
}
