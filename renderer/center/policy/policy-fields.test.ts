import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, PolicySchema } from '#domain/identity/policy.ts';
import { fieldsOf, policyOf } from './policy-fields.ts';

describe('the fields of the policy', () => {
  it('make the policy that they were made of, and change in it what was typed alone', () => {
    const policy = PolicySchema.parse({ mfa: { admin: 'required' }, idleLockMinutes: 20 });
    expect(policyOf(fieldsOf(policy), policy)).toEqual(policy);
    const typed = { ...fieldsOf(policy), 'policy.lockout.tries': ' 7 ', 'policy.mfa.dispatcher': 'off' } as const;
    expect(policyOf(typed, policy)).toEqual({
      ...policy,
      lockout: { ...policy.lockout, tries: 7 },
      mfa: { admin: 'required', dispatcher: 'off' },
    });
  });
  it('are no number where nothing is typed, so that it is refused', () => {
    const typed = { ...fieldsOf(DEFAULT_POLICY), 'policy.offline.hours': '' };
    expect(PolicySchema.safeParse(policyOf(typed, DEFAULT_POLICY)).success).toBe(false);
  });
});
