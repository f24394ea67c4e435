/** An authenticator in software, which can also be told to do what a real one never does. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { Assertion } from '#domain/identity/api/mfa.ts';

interface Doing {
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether it looked who holds it. */
  readonly verified?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
}

export interface Authenticator {
  readonly credential: string;
  /** What a browser makes of creation options. */
  readonly create: (options: { challenge: string }, doing?: Doing) => Registration;
  /** What a browser makes of request options; the counter goes on by one. */
  readonly show: (options: { challenge: string }, doing?: Doing & { readonly userHandle?: string }) => Assertion;
}
interface Registration {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly clientExtensionResults: Record<string, unknown>;
  readonly response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}

const UP = 0x01;
const UV = 0x04;
const ATTESTED = 0x40;

export function authenticator(at: { readonly origin: string; readonly rpId: string }): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const credential = id.toString('base64url');
  let counter = 0;

  const dataOf = (doing: Doing, attested: Buffer | null): Buffer => {
    const rpIdHash = createHash('sha256')
      .update(doing.rpId ?? at.rpId)
      .digest();
    const flags = UP | ((doing.verified ?? true) ? UV : 0) | (attested ? ATTESTED : 0);
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags, 0);
    tail.writeUInt32BE(doing.counter ?? counter, 1);
    return Buffer.concat([rpIdHash, tail, ...(attested ? [attested] : [])]);
  };
  const clientData = (type: string, challenge: string, doing: Doing): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge: doing.challenge ?? challenge, origin: doing.origin ?? at.origin }));

  return {
    credential,
    create: ({ challenge }, doing = {}) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseOf(publicKey)]);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', Uint8Array.from(dataOf(doing, attested))],
      ]);
      return {
        id: credential,
        rawId: credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, doing).toString('base64url'),
          attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    show: ({ challenge }, doing = {}) => {
      counter += 1;
      const authenticatorData = dataOf(doing, null);
      const client = clientData('webauthn.get', challenge, doing);
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(client).digest()]);
      return {
        id: credential,
        rawId: credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authenticatorData.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          ...(doing.userHandle === undefined ? {} : { userHandle: doing.userHandle }),
        },
      };
    },
  };
}

/** A P-256 key as COSE says it (RFC 9053, 7.1.1): kty 2, alg -7, crv 1, x, y. */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (part: string): Uint8Array => Uint8Array.from(Buffer.from(part, 'base64url'));
  const cose = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
  return Buffer.from(isoCBOR.encode(cose as never));
}
