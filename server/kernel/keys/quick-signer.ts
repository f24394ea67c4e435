/** Signing Ed25519 (RFC 8032) with libsodium: the same signatures as `signerOf` makes, in half the time. */
import { type Signer, signerOf } from '#sealing/signing.ts';
import { sodium } from './sodium.ts';

/** What comes before the seed in the PKCS #8 DER of an Ed25519 key (RFC 8410, section 7). */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `privateKey`: PKCS #8 DER as base64url. */
export function quickSignerOf(privateKey: string): Signer {
  const signer = signerOf(privateKey);
  const der = Buffer.from(privateKey, 'base64url');
  const seed = der.subarray(PREFIX.length);
  if (!sodium || !der.subarray(0, PREFIX.length).equals(PREFIX) || seed.length !== sodium.crypto_sign_SEEDBYTES) {
    return signer;
  }
  const { crypto_sign_detached: sign, crypto_sign_BYTES: length } = sodium;
  const publicKey = Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES);
  const secretKey = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return {
    publicKey: signer.publicKey,
    sign: (text) => {
      const signature = Buffer.alloc(length);
      sign(signature, Buffer.from(text, 'utf8'), secretKey);
      return signature.toString('base64url');
    },
  };
}
