import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Provider } from '#domain/webhooks/api.ts';
import type { Delivery } from '../../../kernel/http/route.ts';
import { genuine, KEYS, PROOF, type Sent } from '../testing/deliveries.ts';
import { judge } from './judge.ts';
import { type Confirm, WINDOW_MS } from './provider.ts';

const NOW = 1_800_000_000_000;
const MUTATIONS = 10_000;
const PROVIDERS = Object.keys(KEYS) as Provider[];
const SIGNING = PROVIDERS.filter((provider) => provider !== 'postmark');

const delivered = ({ headers, body }: Sent, address = '3.134.147.250'): Delivery => ({
  header: (name) => headers[name],
  body,
  address,
});
/** Postmark, asked back: these messages were delivered, and no others. */
const confirmOf =
  (...messages: string[]): Confirm =>
  async (path) => {
    const id = path.split('/')[3] ?? '';
    return messages.includes(id)
      ? { MessageID: id, MessageEvents: [{ Type: 'Delivered', ReceivedAt: '2027-01-15T08:00:00Z' }] }
      : null;
  };
const verdictOf = (provider: Provider, sent: Sent, now = NOW, confirm = confirmOf()) =>
  judge(delivered(sent), KEYS[provider], now, confirm);

describe.each(PROVIDERS)('%s', (provider) => {
  it('is taken when it is genuine, and names what happened', async () => {
    for (let i = 0; i < 500; i++) {
      const event = randomUUID();
      const verdict = await verdictOf(provider, genuine(KEYS[provider], event, NOW), NOW, confirmOf(event));
      expect(verdict).toMatchObject({ genuine: true });
      expect(verdict.genuine && verdict.happening.event).toContain(event);
    }
  });

  it(`is refused ${MUTATIONS.toLocaleString('en')} times when anything that proves it was changed`, async () => {
    const event = randomUUID();
    const sent = genuine(KEYS[provider], event, NOW);
    const confirm = confirmOf(event);
    const mutation = fc.oneof(
      fc.record({
        at: fc.constant('body' as const),
        place: fc.nat(sent.body.length - 1),
        to: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({ at: fc.constantFrom(...PROOF[provider]), place: fc.nat(200), to: fc.integer({ min: 1, max: 127 }) }),
      fc.record({ at: fc.constant('cut' as const), place: fc.nat(sent.body.length - 1), to: fc.constant(0) }),
      fc.record({ at: fc.constant('append' as const), place: fc.constant(0), to: fc.integer({ min: 0, max: 255 }) }),
    );
    const untouched = await verdictOf(provider, sent, NOW, confirm);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, place, to }) => {
        const changed = mutated(sent, at, place, to);
        const verdict = await verdictOf(provider, changed, NOW, confirm);
        // Postmark signs no body: of one that still names the message, nothing is believed but that name.
        if (provider === 'postmark' && verdict.genuine) expect(verdict).toEqual(untouched);
        else expect(verdict.genuine).toBe(false);
        refused++;
      }),
      { numRuns: MUTATIONS },
    );
    expect(refused).toBe(MUTATIONS);
    expect((await verdictOf(provider, sent, NOW, confirm)).genuine).toBe(true);
  });

  it('is refused without its proof, under another’s keys, and as no JSON', async () => {
    const event = randomUUID();
    const sent = genuine(KEYS[provider], event, NOW);
    for (const name of PROOF[provider]) {
      const { [name]: _, ...headers } = sent.headers;
      expect(await verdictOf(provider, { ...sent, headers }, NOW, confirmOf(event))).toMatchObject({ why: 'unsigned' });
    }
    const others = genuine({ ...KEYS[provider], ...otherKeys(provider) } as never, event, NOW);
    if (provider !== 'telnyx') expect((await verdictOf(provider, others, NOW, confirmOf(event))).genuine).toBe(false);
  });
});

describe.each(SIGNING)('the moment that %s signed', (provider) => {
  it('may be five minutes from now, not more', async () => {
    const sent = genuine(KEYS[provider], randomUUID(), NOW);
    expect((await verdictOf(provider, sent, NOW + WINDOW_MS)).genuine).toBe(true);
    expect(await verdictOf(provider, sent, NOW + WINDOW_MS + 1_000)).toEqual({ genuine: false, why: 'window' });
    expect(await verdictOf(provider, sent, NOW - WINDOW_MS - 1_000)).toEqual({ genuine: false, why: 'window' });
  });
});

describe('postmark', () => {
  it('is asked back, and its addresses count', async () => {
    const event = randomUUID();
    const sent = genuine(KEYS.postmark, event, NOW);
    expect(await verdictOf('postmark', sent, NOW, confirmOf())).toEqual({ genuine: false, why: 'unconfirmed' });
    expect(await judge(delivered(sent, '10.0.0.1'), KEYS.postmark, NOW, confirmOf(event))).toEqual({
      genuine: false,
      why: 'address',
    });
  });
});

function mutated(sent: Sent, at: string, place: number, to: number): Sent {
  if (at === 'body') {
    const body = Buffer.from(sent.body);
    body[place] = ((body[place] ?? 0) + to) % 256;
    return { ...sent, body };
  }
  if (at === 'cut') return { ...sent, body: sent.body.subarray(0, place) };
  if (at === 'append') return { ...sent, body: Buffer.concat([sent.body, Buffer.from([to])]) };
  const text = sent.headers[at] ?? '';
  // The last digits of Stripe's header are of a scheme that is passed over, and prove nothing.
  const i = place % (at === 'stripe-signature' ? text.indexOf(',v0=') : text.length);
  const code = (text.charCodeAt(i) + to) % 128;
  const changed = text.slice(0, i) + String.fromCharCode(code) + text.slice(i + 1);
  return { ...sent, headers: { ...sent.headers, [at]: changed } };
}

function otherKeys(provider: Provider): object {
  return provider === 'postmark'
    ? { password: randomBytes(24).toString('base64url') }
    : { secret: randomBytes(24).toString('base64url') };
}
