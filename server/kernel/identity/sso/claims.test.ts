import { describe, expect, it } from 'vitest';
import { toldBy } from './claims.ts';

const MINE = { email: 'mallory@psap.example', email_verified: true };
const THEIRS = { email: 'ann@psap.example' };

describe('what an ID token and userinfo say together', () => {
  it('verifies no address by what was said of another', () => {
    expect(toldBy(THEIRS, MINE)).toMatchObject({ ...THEIRS, email_verified: undefined });
    expect(toldBy({ email_verified: true }, THEIRS)).toMatchObject({ ...THEIRS, email_verified: undefined });
    expect(toldBy({ ...THEIRS, email_verified: false }, { ...THEIRS, email_verified: true })).toMatchObject({
      email_verified: false,
    });
    expect(toldBy({}, { email_verified: true }).email).toBeUndefined();
  });

  it('takes an address from where it stands, and a word of it from beside the same address', () => {
    expect(toldBy(MINE, {})).toMatchObject(MINE);
    expect(toldBy({}, MINE)).toMatchObject(MINE);
    expect(toldBy({ email: 'Mallory@PSAP.example' }, MINE)).toMatchObject({ email_verified: true });
  });

  it('goes by the ID token alone for when and how somebody proved themselves', () => {
    const claims = toldBy({ sub: 's' }, { sub: 's', amr: ['mfa'], auth_time: 1, groups: ['floor'] });
    expect(claims).toMatchObject({ sub: 's', amr: undefined, auth_time: undefined, groups: ['floor'] });
  });
});
