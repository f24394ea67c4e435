/** Passkeys of this browser: what it says when one is not given. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { Problem } from '../api/problem.ts';

/** The center's options, as the browser's own call takes them; the center made them for it. */
export const asOptions = (options: object): PublicKeyCredentialRequestOptionsJSON =>
  options as PublicKeyCredentialRequestOptionsJSON;
export const asNewOptions = (options: object): PublicKeyCredentialCreationOptionsJSON =>
  options as PublicKeyCredentialCreationOptionsJSON;

/** A passkey that was not given, in words: cancelled, held already, or not possible here. */
export function passkeyRefused(failure: unknown): Problem {
  const name = failure instanceof Error ? failure.name : '';
  const detail =
    name === 'InvalidStateError'
      ? 'This device holds a passkey for you already.'
      : name === 'NotAllowedError'
        ? 'No passkey was given: it was cancelled, or took too long. Try again, or use a code.'
        : 'This browser cannot use a passkey here. Use a code instead.';
  return { status: 0, code: 'passkey.refused', detail };
}
