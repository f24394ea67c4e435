/** Updates from the feed that the profile names. A downloaded one is put in at the next start, never in the middle of a shift. */
import { autoUpdater } from 'electron';

const EVERY_MS = 6 * 3_600_000;

/** Why there are no updates by themselves on this machine, or null where there are. */
export function startUpdates(feed: string | null, version: string, packaged: boolean): string | null {
  if (!packaged) return 'not a packaged build';
  if (feed === null) return 'the profile names no update feed';
  if (process.platform !== 'darwin' && process.platform !== 'win32') return 'packages update it on this system';
  autoUpdater.setFeedURL({ url: `${feed}/${process.platform}/${process.arch}/${version}`, serverType: 'json' });
  // A feed that cannot be reached is an outage like any other: asked again later, and no reason to disturb anyone.
  autoUpdater.on('error', () => {});
  const ask = (): void => autoUpdater.checkForUpdates();
  ask();
  setInterval(ask, EVERY_MS);
  return null;
}
