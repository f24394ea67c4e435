/**
 * Stations reduced to their live channel, in a process of their own so that reading what they hear takes no time from what
 * is timed. Argument: the center's address. Messages: `{code, n}` enrols the n-th and answers `{listening: n}` once pages
 * flow to it; `{count}` answers `{pages}` that all of them have heard so far.
 */
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { createHttpCenter, enrolAt } from '../server-bridge/sync/http-center.ts';

const url = process.argv[2] ?? '';
const random = systemRandom();
let pages = 0;

async function listen(code: string, n: number): Promise<void> {
  const signer = signerOf(newSigningKey());
  const asked = { code, name: `Listener ${n}`, lanAddress: '', onWaiting: () => {} };
  const { station } = await enrolAt(url, { ...asked, signer, clock: Date.now, random });
  const http = createHttpCenter({ url, station, signer, clock: Date.now, random });
  await new Promise<void>((resolve) => {
    http.live({
      onUp: resolve,
      onPage: () => void pages++,
      onPresence: () => {},
      onDown: (reason) => {
        throw new Error(`The live channel of a listener went down: ${reason}`);
      },
      onRoster: () => {},
      onSessionEnded: () => {},
    });
  });
}

process.on('message', (message: { readonly code: string; readonly n: number } | { readonly count: true }) => {
  if ('count' in message) process.send?.({ pages });
  else void listen(message.code, message.n).then(() => process.send?.({ listening: message.n }));
});
process.on('disconnect', () => process.exit(0));
