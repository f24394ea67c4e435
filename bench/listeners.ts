/**
 * Stations reduced to their live channel, in a process of their own so that reading what they hear takes no time from what
 * is timed. Argument: the center's address. Messages: `{code, n}` enrols the n-th and answers `{listening: n}` once pages
 * flow to it; `{count}` answers `{pages}` that all of them have heard so far.
 */
import { Agent, request } from 'undici';
import { EnrolOutSchema } from '../domain/wire/sync.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { createHttpCenter } from '../server-bridge/sync/http-center.ts';

const url = process.argv[2] ?? '';
const random = systemRandom();
let pages = 0;

/** From an address of its own, as workstations are: the center lets one address enrol only so many in a while. */
async function enrolled(code: string, n: number): Promise<{ readonly station: string; readonly key: string }> {
  const key = newSigningKey();
  const dispatcher = new Agent({ localAddress: `127.0.1.${n + 1}` });
  try {
    const answer = await request(new URL('/v1/enrol', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, name: `Listener ${n}`, deviceKey: signerOf(key).publicKey, lanAddress: '' }),
      dispatcher,
    });
    const said = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`The center refused to enrol a listener: ${said}`);
    return { station: EnrolOutSchema.parse(JSON.parse(said)).station, key };
  } finally {
    await dispatcher.close();
  }
}

async function listen(code: string, n: number): Promise<void> {
  const { station, key } = await enrolled(code, n);
  const http = createHttpCenter({ url, station, signer: signerOf(key), clock: Date.now, random });
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
