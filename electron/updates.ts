/** Updates from the feed that the profile names. A downloaded one is put in at the next start, never in the middle of a shift. */
import { autoUpdater } from 'electron';
import { feedOf } from './flags.ts';

const EVERY_MS = 6 * 3_600_000;

/** Linux is updated by its packages. */
export function startUpdates(updates: string | null, packaged: boolean): void {
  const url = feedOf(updates, process.platform, process.arch);
  if (!packaged || url === null) return;
  autoUpdater.setFeedURL({ url, serverType: 'json' });
  // A feed that cannot be reached is an outage like any other: asked again later, and no reason to disturb anyone.
  autoUpdater.on('error', () => {});
  const ask = (): void => autoUpdater.checkForUpdates();
  ask();
  const asking = setInterval(ask, EVERY_MS);
  // Asked again it would be downloaded again.
  autoUpdater.on('update-downloaded', () => clearInterval(asking));
}
