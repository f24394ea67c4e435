import { expect, it } from 'vitest';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { dialedAt } from './listening.ts';
import { type Lan, openLan } from './sync/lan.ts';

it('is dialed where it says that it listens, at an address of either kind', async () => {
  expect(dialedAt('10.0.0.7', 7330)).toBe('10.0.0.7:7330');
  for (const host of ['127.0.0.1', '::1']) {
    const [mine, theirs] = [signerOf(newSigningKey()), signerOf(newSigningKey())];
    const up = Promise.withResolvers<string>();
    const listening = await openLan({ station: 'b', signer: theirs, listen: { host, port: 0 } });
    const dialing: Lan = await openLan({ station: 'a', signer: mine, listen: null });
    try {
      dialing.on({ onUp: up.resolve, onDown: () => undefined, onMessage: () => undefined });
      listening.on({ onUp: () => undefined, onDown: () => undefined, onMessage: () => undefined });
      listening.reach([{ station: 'a', key: mine.publicKey, address: '' }]);
      dialing.reach([{ station: 'b', key: theirs.publicKey, address: dialedAt(host, listening.port ?? 0) }]);
      expect(await up.promise).toBe('b');
    } finally {
      await Promise.all([dialing.close(), listening.close()]);
    }
  }
});
