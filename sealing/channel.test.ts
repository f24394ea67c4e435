import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Channel, type ChannelOptions, createChannel } from './channel.ts';
import { newSigningKey, signerOf } from './signing.ts';

const alice = signerOf(newSigningKey());
const bob = signerOf(newSigningKey());
const mallory = signerOf(newSigningKey());
const ROSTER: { readonly [station: string]: string } = { alice: alice.publicKey, bob: bob.publicKey };
const keyOf = (station: string): string | null => ROSTER[station] ?? null;

const dialer = (over: Partial<ChannelOptions> = {}): Channel =>
  createChannel({ role: 'dial', station: 'alice', signer: alice, expect: 'bob', keyOf, ...over });
const answerer = (over: Partial<ChannelOptions> = {}): Channel =>
  createChannel({ role: 'answer', station: 'bob', signer: bob, keyOf, ...over });

interface Spoken {
  readonly wire: Buffer[];
  readonly dialerSees: string | null;
  readonly answererSees: string | null;
  readonly failure: string | null;
}

/** Lets two channels talk until neither has more to say. `mangle` stands between them. */
function talk(a: Channel, b: Channel, mangle: (bytes: Buffer) => Buffer = (bytes) => bytes): Spoken {
  const wire: Buffer[] = [];
  let dialerSees: string | null = null;
  let answererSees: string | null = null;
  let toB = [...a.begin()];
  let toA: Buffer[] = [];
  while (toA.length + toB.length > 0) {
    for (const [bytes, receiver] of [...toB.map((x) => [x, b] as const), ...toA.map((x) => [x, a] as const)]) {
      wire.push(bytes);
      const step = receiver.receive(mangle(bytes));
      if (receiver === b) toB = toB.slice(1);
      else toA = toA.slice(1);
      if (!step.ok) return { wire, dialerSees, answererSees, failure: step.reason };
      if (receiver === b) {
        toA.push(...step.send);
        answererSees = step.peer;
      } else {
        toB.push(...step.send);
        dialerSees = step.peer;
      }
    }
  }
  return { wire, dialerSees, answererSees, failure: null };
}

function opened(): readonly [Channel, Channel] {
  const pair = [dialer(), answerer()] as const;
  expect(talk(...pair)).toMatchObject({ dialerSees: 'bob', answererSees: 'alice', failure: null });
  return pair;
}

const text = (step: ReturnType<Channel['receive']>): string[] =>
  step.ok ? step.records.map(String) : [`over: ${step.reason}`];

describe('the channel between stations', () => {
  it('makes each side sure of the other, and carries records in order whatever way the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (said, cuts) => {
          const [a, b] = opened();
          const bytes = Buffer.concat(said.map((one) => a.seal(Buffer.from(one))));
          const heard: string[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const length = cuts[i % cuts.length] as number;
            heard.push(...text(b.receive(bytes.subarray(at, at + length))));
            at += length;
          }
          expect(heard).toEqual(said);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shows nothing of names, keys or messages to whoever carries it', () => {
    const [a, b] = [dialer(), answerer()];
    const { wire } = talk(a, b);
    const all = Buffer.concat([...wire, a.seal(Buffer.from('chest pain at 410 Larkin'))]).toString('latin1');
    for (const secret of [
      'alice',
      'bob',
      'station',
      'chest pain',
      alice.publicKey,
      Buffer.from(alice.publicKey, 'base64url').toString('latin1'),
    ])
      expect(all).not.toContain(secret);
  });

  it('tells an unknown dialer nothing, and a revoked one neither', () => {
    for (const channel of [
      dialer({ station: 'mallory', signer: mallory, keyOf: (s) => (s === 'mallory' ? mallory.publicKey : keyOf(s)) }),
    ]) {
      const spoken = talk(channel, answerer());
      expect(spoken).toMatchObject({ failure: 'not of the roster', answererSees: null, dialerSees: null });
      // Its ephemeral key was all that went back.
      expect(spoken.wire).toHaveLength(3);
    }
    expect(talk(dialer(), answerer({ keyOf: () => null })).failure).toBe('not of the roster');
  });

  it('takes nobody who claims another’s name, on either side', () => {
    expect(talk(dialer({ signer: mallory }), answerer()).failure).toBe('not who it says it is');
    expect(talk(dialer(), answerer({ signer: mallory })).failure).toBe('not who it says it is');
    const carol = signerOf(newSigningKey());
    const withCarol = (s: string): string | null => (s === 'carol' ? carol.publicKey : keyOf(s));
    expect(
      talk(dialer({ keyOf: withCarol }), answerer({ station: 'carol', signer: carol, keyOf: withCarol })).failure,
    ).not.toBeNull();
  });

  it('ends where any byte of the handshake or of a record is changed', () => {
    for (let message = 0; message < 4; message++) {
      for (const at of [5, 14, 30, -1]) {
        let n = 0;
        const spoken = talk(dialer(), answerer(), (bytes) => {
          if (n++ !== message) return bytes;
          const changed = Buffer.from(bytes);
          const index = at < 0 ? changed.length + at : at;
          changed[index] = (changed[index] as number) ^ 1;
          return changed;
        });
        expect(spoken.failure, `message ${message}, byte ${at}`).not.toBeNull();
      }
    }
    const [a, b] = opened();
    const record = a.seal(Buffer.from('x'));
    record[6] = (record[6] as number) ^ 1;
    expect(b.receive(record)).toEqual({ ok: false, reason: 'a record was not authentic or not in order' });
    expect(b.receive(a.seal(Buffer.from('y'))).ok).toBe(false);
  });

  it('ends where a record is replayed, left out, reordered or reflected', () => {
    const broken: readonly ((a: Channel, b: Channel) => ReturnType<Channel['receive']>)[] = [
      (a, b) => {
        const one = a.seal(Buffer.from('1'));
        b.receive(one);
        return b.receive(one);
      },
      (a, b) => {
        a.seal(Buffer.from('1'));
        return b.receive(a.seal(Buffer.from('2')));
      },
      (a, b) => {
        const one = a.seal(Buffer.from('1'));
        const two = a.seal(Buffer.from('2'));
        return b.receive(Buffer.concat([two, one]));
      },
      (a) => a.receive(a.seal(Buffer.from('1'))),
    ];
    for (const attack of broken) expect(attack(...opened())).toMatchObject({ ok: false });
  });

  it('holds of a message that is on its way what its length says, in however small pieces it comes', () => {
    const [a, b] = opened();
    const bytes = a.seal(Buffer.from('whole at last'));
    // One piece, used again: whoever kept it would read another byte in it.
    const piece = Buffer.alloc(1);
    const heard: string[] = [];
    for (const byte of bytes) {
      piece[0] = byte;
      heard.push(...text(b.receive(piece)));
    }
    expect(heard).toEqual(['whole at last']);
  });

  it('closes on garbage, on lengths that are too long, and on a key that gives no secret', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 200 }), (bytes) => {
        const step = answerer().receive(Buffer.from(bytes));
        expect(step.ok ? step.records : []).toEqual([]);
      }),
    );
    expect(answerer().receive(Buffer.from('GET / HTTP/1.1\r\n\r\n')).ok).toBe(false);
    const zero = Buffer.concat([Buffer.from([0, 0, 0, 40]), Buffer.from('qd.lan.1'), Buffer.alloc(32)]);
    expect(answerer().receive(zero).ok).toBe(false);
    const [a, b] = opened();
    expect(b.receive(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toEqual({ ok: false, reason: 'a message was too long' });
    expect(a.receive(Buffer.from([0, 0, 0, 3, 1, 2, 3])).ok).toBe(false);
  });
});

describe('the agreement of two ends on a secret', () => {
  it('is X25519, and takes no key that would give a secret known beforehand (ASVS 11.6.2)', () => {
    // RFC 7748, 6.1: points of small order, with which every secret is zero.
    const small = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    ];
    for (const point of small) {
      let swapped = false;
      const spoken = talk(dialer(), answerer(), (bytes) => {
        if (swapped) return bytes;
        swapped = true;
        // The dialer's first words end in its key of this link.
        const other = Buffer.from(bytes);
        Buffer.from(point, 'hex').copy(other, other.length - 32);
        return other;
      });
      expect(spoken.failure, point).not.toBeNull();
      // At once: nothing was said under such a secret.
      expect(spoken.wire, point).toHaveLength(1);
    }
    expect(talk(dialer(), answerer()).failure).toBeNull();
  });
});
