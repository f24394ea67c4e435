/** Windows that nobody sits at, kept from locking while the day is played. */
import type { BridgeClient } from '../bridge/client.ts';

/** Less than the shortest time after which an organisation may have its consoles lock: a minute. ms */
const EVERY_MS = 20_000;

/** Says of these windows that somebody is at work there, as a screen does at the stroke of a key, until the answer is called. */
export function keepAwake(windows: readonly Pick<BridgeClient, 'call' | 'closed'>[]): () => void {
  const timer = setInterval(() => {
    for (const window of windows) {
      // A bridge that closes meanwhile is told of by whoever waits for an answer.
      if (!window.closed()) window.call('session.active', {}).catch(() => {});
    }
  }, EVERY_MS);
  return () => clearInterval(timer);
}
