import { describe, expect, it } from 'vitest';
import { SsoInSchema, SsoSettingsSchema } from '#domain/identity/api/sso.ts';
import { bodyOf, typedOf } from './sso-fields.ts';

const SETTINGS = SsoSettingsSchema.parse({
  on: true,
  issuer: 'https://id.example/tenant',
  clientId: 'console',
  scopes: ['openid', 'email'],
  groupsClaim: 'groups',
  groups: [{ group: 'dispatch', roles: ['dispatcher', 'supervisor'] }],
  provision: { site: 'harbor' },
  secondFactorByProvider: true,
  maxHours: 8,
});

describe('the fields of single sign-on', () => {
  it('make the settings that they were made of, and leave the secret that is kept', () => {
    for (const provision of [null, { site: null }, { site: 'harbor' }]) {
      const settings = { ...SETTINGS, provision };
      expect(SsoInSchema.parse(bodyOf(typedOf({ settings }), '', 5))).toEqual({ ...settings, changedAt: 5 });
    }
    expect(bodyOf(typedOf({ settings: SETTINGS }), 's3cret', 5)).toMatchObject({ clientSecret: 's3cret' });
  });

  it('are taken without the blanks around them, and refused where there is nothing', () => {
    const typed = typedOf({ settings: SETTINGS });
    expect(bodyOf({ ...typed, issuer: ' https://id.example ', scopes: ' openid  email ' }, '', null)).toMatchObject({
      issuer: 'https://id.example',
      scopes: ['openid', 'email'],
    });
    for (const empty of [{ ...typed, maxHours: '' }, typedOf({ settings: null })])
      expect(SsoInSchema.safeParse(bodyOf(empty, '', null)).success).toBe(false);
  });
});
