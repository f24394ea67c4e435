/**
 * Codes of an authenticator app: RFC 6238 with what every such app does without being asked, SHA-1, six digits, steps of
 * 30 s. SHA-1 is no weakness here: HMAC does not rest on its collisions.
 */
import { Secret, TOTP } from 'otpauth';
import type { RandomBytes } from '#domain/kernel/ids.ts';

/** RFC 4226, 4, R6: 160 bits are recommended. */
const SECRET_BYTES = 20;
const PERIOD_S = 30;
const DIGITS = 6;
/** One step either way for a clock that is off and a code typed late (RFC 6238, 5.2 and 6). */
const WINDOW = 1;

export function newTotpSecret(random: RandomBytes): Uint8Array {
  return random(SECRET_BYTES);
}

function totpOf(secret: Uint8Array, issuer?: string, label?: string): TOTP {
  const buffer = Uint8Array.from(secret).buffer;
  return new TOTP({
    secret: new Secret({ buffer }),
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    ...(issuer === undefined ? {} : { issuer }),
    ...(label === undefined ? {} : { label }),
  });
}

/** What the app reads from a QR code, and the secret alone in base 32 for typing. */
export function totpShown(
  secret: Uint8Array,
  issuer: string,
  label: string,
): { readonly uri: string; readonly secret: string } {
  const totp = totpOf(secret, issuer, label);
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/** The time step whose code this is, within one step of `now` (ms UTC); null where it is none of them. */
export function totpStep(secret: Uint8Array, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret).validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_S) + delta;
}
