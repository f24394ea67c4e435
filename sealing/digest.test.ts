import { describe, expect, it } from 'vitest';
import { sha256 } from './digest.ts';

describe('the digest of what is signed and chained', () => {
  it('is SHA-256 whole, as FIPS 180-4 has it (ASVS 11.4.3)', () => {
    const hex = (text: string): string => Buffer.from(sha256(text), 'base64url').toString('hex');
    expect(hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(Buffer.from(sha256('abc'), 'base64url')).toHaveLength(32);
  });
});
