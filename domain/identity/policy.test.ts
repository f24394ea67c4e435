import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, mfaRequirement, PolicySchema, passwordMinimum } from './policy.ts';

describe('the security policy', () => {
  it('holds what an organisation never set by its defaults', () => {
    expect(DEFAULT_POLICY).toMatchObject({
      lockout: { tries: 5, windowMinutes: 15, pauseMinutes: 30 },
      password: { alone: 15 },
      idleLockMinutes: 30,
      offline: { hours: 72 },
    });
    expect(DEFAULT_POLICY.offline.roles).not.toContain('admin');
    expect(PolicySchema.parse({ lockout: { tries: 3 } })).toEqual({
      ...DEFAULT_POLICY,
      lockout: { ...DEFAULT_POLICY.lockout, tries: 3 },
    });
  });

  it('cannot be set weaker than NIST SP 800-63B-4 and CJIS allow (ASVS 6.2.1)', () => {
    for (const weak of [
      { password: { alone: 14 } },
      { password: { withMfa: 7 } },
      { lockout: { tries: 11 } },
      { idleLockMinutes: 0 },
      { unknown: 1 },
    ]) {
      expect(PolicySchema.safeParse(weak).success).toBe(false);
    }
  });

  it('lets a shorter password do only where a second factor is required', () => {
    const policy = PolicySchema.parse({ mfa: { admin: 'required' }, password: { withMfa: 9 } });
    expect(passwordMinimum(policy, ['dispatcher'])).toBe(15);
    expect(passwordMinimum(policy, ['dispatcher', 'admin'])).toBe(9);
  });

  it('asks of somebody with several roles what the strictest of them asks', () => {
    const policy = PolicySchema.parse({ mfa: { admin: 'required', dispatcher: 'off' } });
    expect(mfaRequirement(policy, ['dispatcher'])).toBe('off');
    expect(mfaRequirement(policy, ['dispatcher', 'call_taker'])).toBe('optional');
    expect(mfaRequirement(policy, ['dispatcher', 'admin'])).toBe('required');
  });
});
