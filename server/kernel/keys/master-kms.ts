/** A master key in AWS KMS. It never leaves there: organisation keys go there to be wrapped, with their context. */
import type { KMSClient } from '@aws-sdk/client-kms';
import { type KeeperTrouble, keeperFailure } from './keeper.ts';
import type { MasterKey } from './master.ts';

const ARN = /^arn:aws[\w-]*:kms:([\w-]+):\d{12}:key\/[\w-]+$/;
/** Errors that say that what was sent is not what this key wrapped, or not in this context. */
const NOT_OURS: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/**
 * AWS's client waits for ever unless it is told otherwise. It asks again, three times in all with pauses, after what may
 * pass: no connection, these two, throttling, a key that is not available for a moment, an inner error of KMS.
 */
const CONNECT_MS = 3_000;
const ANSWER_MS = 5_000;

/** What an error of KMS, or of AWS in front of it, means for the operator. What is not here may pass by itself. */
const TROUBLES: { readonly [name: string]: KeeperTrouble } = {
  AccessDeniedException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  IncompleteSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  NotAuthorized: 'denied',
  OptInRequired: 'denied',
  ExpiredTokenException: 'denied',
  CredentialsProviderError: 'denied',
  DisabledException: 'disabled',
  // Its deletion is scheduled, or its imported material is gone.
  KMSInvalidStateException: 'disabled',
  NotFoundException: 'gone',
  InvalidKeyUsageException: 'unfit',
  InvalidArnException: 'unfit',
};

/** The ARN of a key itself: what an alias names may become another. */
export function isKeyArn(text: string): boolean {
  return ARN.test(text);
}

/**
 * `arn` of a symmetric key that may Encrypt and Decrypt. Credentials are found as AWS's own tools find them; the region is the
 * key's. The client is loaded where a center uses it, and nowhere else. `patience`: how long an answer is waited for. ms
 */
export function kmsMasterKey(arn: string, patience = ANSWER_MS): MasterKey {
  const region = ARN.exec(arn)?.[1] ?? '';
  let client: Promise<KMSClient> | null = null;
  const connected = (): Promise<KMSClient> => {
    const requestHandler = {
      connectionTimeout: CONNECT_MS,
      requestTimeout: patience,
      throwOnRequestTimeout: true,
    };
    client ??= import('@aws-sdk/client-kms').then(
      ({ KMSClient: Client }) => new Client({ region, maxAttempts: 3, requestHandler }),
    );
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
      const { CiphertextBlob } = await (await connected()).send(command).catch(failed);
      if (!CiphertextBlob) return failed(new Error('an answer without a ciphertext'));
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
        return failed(error);
      });
      if (answer === null) return null;
      if (!answer.Plaintext) return failed(new Error('an answer without a plaintext'));
      return Buffer.from(answer.Plaintext);
    },
  };

  function failed(error: unknown): never {
    const said = error instanceof Error ? error.name : 'no answer';
    throw keeperFailure(TROUBLES[said] ?? 'away', { keeper: 'AWS KMS', key: arn, said }, error);
  }
}
