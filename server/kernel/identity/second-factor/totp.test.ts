import { describe, expect, it } from 'vitest';
import { totpCode } from '../testing/totp-code.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { totpShown, totpStep } from './totp.ts';

/** RFC 6238, appendix B, the rows of SHA-1: seconds and the last six of the eight digits there. */
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;
const SECRET = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  it('are those of RFC 6238', () => {
    for (const [seconds, code] of VECTORS) {
      expect(totpCode(SECRET, seconds * 1000)).toBe(code);
      expect(totpStep(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
    }
  });

  it('are taken a step early and a step late, and no further (ASVS 6.5.5)', () => {
    const now = 1_800_000_015_000;
    const step = Math.floor(now / 30_000);
    const steps = [-2, -1, 0, 1, 2].map((by) => totpStep(SECRET, totpCode(SECRET, now + by * 30_000), now));
    expect(steps).toEqual([null, step - 1, step, step + 1, null]);
  });

  it('are six digits and nothing else', () => {
    for (const typed of ['', '28708', '2870822', 'abcdef', '２８７０８２'])
      expect(totpStep(SECRET, typed, 59_000)).toBeNull();
  });

  it('come from what the app reads', () => {
    const { uri, secret } = totpShown(SECRET, 'Quantum Dispatch', 'ann@alpha');
    const read = new URL(uri);
    expect(read.protocol).toBe('otpauth:');
    expect(Object.fromEntries(read.searchParams)).toEqual({
      issuer: 'Quantum Dispatch',
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
    expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(decodeURIComponent(read.pathname)).toContain('Quantum Dispatch:ann@alpha');
  });
});

describe('recovery codes', () => {
  const codes = newRecoveryCodes((length) => crypto.getRandomValues(new Uint8Array(length)));

  it('are ten of 140 bits, none like another (ASVS 6.5.2, 6.5.3, 6.5.4, 11.5.1)', () => {
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}$/);
  });

  it('are known however they are typed, and are each person’s own', () => {
    const [code = ''] = codes;
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect(recoveryCodeHash('ann', typed)).toBe(recoveryCodeHash('ann', code));
    expect(recoveryCodeHash('bob', code)).not.toBe(recoveryCodeHash('ann', code));
    expect(recoveryCodeHash('ann', code.slice(0, -1))).toBeNull();
    // Of those that were printed when they were shorter.
    expect(recoveryCodeHash('ann', code.slice(0, 29))).not.toBeNull();
  });
});
