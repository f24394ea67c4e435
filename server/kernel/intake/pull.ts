/** A station's place in its site's stream: what comes after it, and whether it is still the place that the station read. */
import type { z } from 'zod';
import type { Cursor, StreamPage } from '#domain/kernel/stream.ts';
import type { PullQuerySchema } from '#domain/wire/sync.ts';
import { itemHash } from '#sealing/digest.ts';
import type { CenterLog } from './port.ts';

/**
 * The stream after a number. Asked with another epoch, an empty page that names the current one; `elsewhere` where the item
 * that the station stands on is another than the center's: it has read of a past that the center lost, and has to greet.
 */
export async function pullPage(
  log: CenterLog,
  org: string,
  site: string,
  { epoch: asked, after, afterHash, limit }: z.infer<typeof PullQuerySchema>,
): Promise<StreamPage | 'elsewhere'> {
  const epoch = await log.epoch(org);
  const stale = asked !== undefined && asked !== epoch;
  const looks = afterHash !== undefined && after > 0;
  const read = stale
    ? { items: [], keys: [] }
    : await log.read(org, site, looks ? after - 1 : after, looks ? limit + 1 : limit);
  const stands = read.items.find((item) => item.n === after);
  if (stands && itemHash(stands) !== afterHash) return 'elsewhere';
  const items = read.items.filter((item) => item.n > after);
  const named = new Set(items.flatMap((item) => ('frame' in item ? [item.frame.k] : [])));
  // Read after the items: a head before them would be behind what it is the head of.
  const head = await log.streamHead(org, site);
  return { epoch, from: after, items, keys: read.keys.filter(({ id }) => named.has(id)), head };
}

/** Whether another item stands at a cursor of this epoch than the one with this hash. */
export async function standsElsewhere(
  log: CenterLog,
  org: string,
  site: string,
  { n }: Cursor,
  hash: string,
): Promise<boolean> {
  if (n === 0) return false;
  const [item] = (await log.read(org, site, n - 1, 1)).items;
  return item !== undefined && item.n === n && itemHash(item) !== hash;
}
