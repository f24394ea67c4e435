/** What an authenticator app shows: its own reading of RFC 6238, and not that of the center. */
import { Secret, TOTP } from 'otpauth';

/** The code of a moment (ms UTC). */
export function totpCode(secret: Uint8Array, now: number): string {
  return new TOTP({ secret: new Secret({ buffer: Uint8Array.from(secret).buffer }) }).generate({ timestamp: now });
}
