import { expect, it } from 'vitest';
import { SSO_REFUSALS } from '#domain/identity/api/sso.ts';
import { broughtBy } from './brought.ts';

it('what the page is opened with is read from behind the #, and nothing else is taken for it', () => {
  expect(broughtBy('#/invitation/7Q2M-AAAA')).toEqual({ for: 'invitation', said: '7Q2M-AAAA' });
  expect(broughtBy('#/reset/7Q2M-AAAA')).toEqual({ for: 'reset', said: '7Q2M-AAAA' });
  expect(broughtBy('#refused=sso.email')).toEqual({ for: 'refused', said: SSO_REFUSALS['sso.email'] });
  expect(broughtBy('#refused=toString')?.said).toBe('Signing in led nowhere; begin again.');
  for (const other of ['', '#/people/7Q2M', '#/invitation/', '#/invitation/a/b', '#refused=<b>']) {
    expect(broughtBy(other)).toBeNull();
  }
});
