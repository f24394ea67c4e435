import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type DpopClaims, dpopProof, readDpop, thumbprintOf, tokenHash } from '#sealing/dpop.ts';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { type Judged, makeDpop, type Shown, seenHere } from './dpop.ts';

const signer = signerOf(newSigningKey());
const other = signerOf(newSigningKey());
const TOKEN = 'a-token-that-is-bound';
const jti = (): string => randomBytes(16).toString('base64url');

function door(publicOrigins: readonly string[] = []) {
  const time = { now: Date.UTC(2026, 10, 25) };
  const clock = (): number => time.now;
  const dpop = makeDpop({ key: randomBytes(32), seen: seenHere(clock), clock, network: { publicOrigins } });
  const claims = (change: Partial<DpopClaims> = {}): DpopClaims => ({
    ...{ jti: jti(), htm: 'POST', htu: 'http://center:8420/v1/sync/push', iat: Math.floor(time.now / 1000) },
    ...{ ath: tokenHash(TOKEN), nonce: dpop.nonce() },
    ...change,
  });
  const judge = (proof: unknown, change: Partial<Shown> = {}): Promise<Judged> =>
    dpop.judge({
      ...{ proof, method: 'POST', path: '/v1/sync/push', host: 'center:8420', token: TOKEN },
      jkt: thumbprintOf(signer.publicKey),
      ...change,
    });
  return { time, dpop, claims, judge };
}

describe('a proof of the device key', () => {
  it('is good for one call of one method, address and token, once', async () => {
    const { claims, judge } = door();
    const proof = dpopProof(signer, claims());
    expect(await judge(proof)).toBe('good');
    expect(await judge(proof)).toBe('bad');
    expect(await judge(dpopProof(signer, claims()))).toBe('good');
    const wrong: [Partial<DpopClaims>, Partial<Shown>][] = [
      [{ htm: 'GET' }, {}],
      [{ htu: 'http://center:8420/v1/sync/pull' }, {}],
      [{ htu: 'http://elsewhere:8420/v1/sync/push' }, {}],
      [{ htu: 'not an address' }, {}],
      [{ ath: tokenHash('another token') }, {}],
      [{}, { token: 'another token' }],
      [{}, { method: 'GET' }],
      [{}, { path: '/v1/requests' }],
      [{}, { jkt: thumbprintOf(other.publicKey) }],
    ];
    for (const [claim, shown] of wrong) expect(await judge(dpopProof(signer, claims(claim)), shown)).toBe('bad');
    const { ath: _, ...without } = claims();
    expect(await judge(dpopProof(signer, without))).toBe('bad');
  });

  it('is of no use to whoever copied the token and has another key', async () => {
    const { claims, judge } = door();
    expect(await judge(dpopProof(other, claims()))).toBe('bad');
    expect(await judge(undefined)).toBe('bad');
    expect(await judge(['a', 'b'])).toBe('bad');
  });

  it('needs a nonce of the center, so that the clock of a workstation does not matter', async () => {
    const { time, dpop, claims, judge } = door();
    expect(await judge(dpopProof(signer, claims({ iat: 1 })))).toBe('good');
    const { nonce: _, ...without } = claims();
    expect(await judge(dpopProof(signer, without))).toBe('stale');
    expect(await judge(dpopProof(signer, claims({ nonce: 'made-up' })))).toBe('stale');
    const before = dpop.nonce();
    time.now += 4 * 60_000;
    expect(dpop.nonce()).not.toBe(before);
    expect(await judge(dpopProof(signer, claims({ nonce: before })))).toBe('good');
    time.now += 2 * 60_000;
    expect(await judge(dpopProof(signer, claims({ nonce: before })))).toBe('stale');
  });

  it('is taken however many another workstation showed: each has room for what its budget lets it ask', async () => {
    const seen = seenHere(() => 0);
    const minute = 30_000;
    let taken = 0;
    for (let n = 0; n < 300_000; n++) if (await seen.first('hostile', `${n}`, 1)) taken++;
    expect(taken).toBeGreaterThanOrEqual(2 * minute);
    // What is not remembered is not taken.
    expect(taken).toBeLessThan(300_000);
    expect(await seen.first('hostile', '0', 1)).toBe(false);
    expect(await seen.first('honest', '0', 1)).toBe(true);
    expect(await seen.first('honest', '0', 1)).toBe(false);
  });

  it('is remembered for as long as its nonce is good', async () => {
    const { time, claims, judge } = door();
    const proof = dpopProof(signer, claims());
    expect(await judge(proof)).toBe('good');
    for (let minute = 0; minute < 6; minute++) {
      time.now += 60_000;
      expect(await judge(proof)).not.toBe('good');
    }
  });

  it('names an address that the center is known by, where the operator said which', async () => {
    const { claims, judge } = door(['https://center.example']);
    const proof = (htu: string): string => dpopProof(signer, claims({ htu }));
    expect(await judge(proof('https://center.example/v1/sync/push'))).toBe('good');
    expect(await judge(proof('http://center.example/v1/sync/push'))).toBe('bad');
    // Whoever stands between sends what was meant for themselves.
    expect(await judge(proof('https://evil.example/v1/sync/push'), { host: 'evil.example' })).toBe('bad');
  });

  it('is nothing but a well-formed one, signed by Ed25519', () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { claims } = door();
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: signer.publicKey };
    const made = (head: object, body: object = claims()): string => {
      const text = `${part(head)}.${part(body)}`;
      return `${text}.${signer.sign(text)}`;
    };
    expect(readDpop(made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk }))).not.toBeNull();
    const bad = [
      made({ typ: 'JWT', alg: 'EdDSA', jwk }),
      made({ typ: 'dpop+jwt', alg: 'none', jwk }),
      made({ typ: 'dpop+jwt', alg: 'HS256', jwk }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: { ...jwk, kty: 'EC' } }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: { ...jwk, d: 'private' } }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk, crit: ['exp'] }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA' }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk }, { ...claims(), jti: 'short' }),
      made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk }, { ...claims(), htm: 7 }),
      `${made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })}.more`,
      `${made({ typ: 'dpop+jwt', alg: 'EdDSA', jwk }).slice(0, -4)}AAAA`,
      'no.proof.atall',
      '',
      'x'.repeat(5_000),
    ];
    for (const proof of bad) expect(readDpop(proof)).toBeNull();
  });

  it('costs little more than to check its signature', async () => {
    const { claims, judge } = door();
    const spent = (): number => {
      const { user, system } = process.cpuUsage();
      return user + system;
    };
    // By turns in one run: how long either takes is the machine's, and of what else it does.
    const ratios: number[] = [];
    for (let round = 0; round < 9; round++) {
      const proofs = Array.from({ length: 150 }, () => dpopProof(signer, claims()));
      const signed = proofs.map(
        (proof) => [proof.slice(0, proof.lastIndexOf('.')), proof.split('.')[2] ?? ''] as const,
      );
      const began = spent();
      for (const proof of proofs) expect(await judge(proof)).toBe('good');
      const judged = spent();
      for (const [text, signature] of signed) expect(signatureHolds(signer.publicKey, text, signature)).toBe(true);
      ratios.push((judged - began) / (spent() - judged));
    }
    expect(ratios.toSorted((a, b) => a - b)[4]).toBeLessThan(1.7);
  });

  it('has the thumbprint of RFC 8037, appendix A.3', () => {
    expect(thumbprintOf('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });
});
