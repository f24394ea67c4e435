/** What the center of a run answers of its log, as its doors for workstations do. */
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type { Snapshot } from '../../domain/wire/sync.ts';
import type { Committed } from '../../server/kernel/intake/port.ts';
import { pullPage } from '../../server/kernel/intake/pull.ts';
import type { MemoryLog } from '../../server/kernel/intake/testing/memory.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';
import { ORG, SITE } from './roster.ts';

export async function pulled(
  log: MemoryLog,
  from: {
    readonly epoch: string;
    readonly after: number;
    readonly limit: number;
    readonly afterHash: string | undefined;
  },
): Promise<StreamPage> {
  const page = await pullPage(log, ORG, SITE, from);
  if (page === 'elsewhere') throw new SyncFailure('refused', 'The stream is another than the one read so far.');
  return page;
}

/** What is closed and was not touched since `before`, ms UTC, is in it as it is folded. */
export async function snapshotOf(log: MemoryLog, before: number): Promise<Snapshot> {
  const { items, keys, head, folded, heads } = await log.startingPoint(ORG, SITE, before);
  const epoch = await log.epoch(ORG);
  return {
    cursor: { epoch, n: head },
    page: { epoch, from: 0, items: [...items], keys: [...keys], head },
    folded: folded as unknown as Snapshot['folded'],
    heads: heads.map(({ log: name, seq, hash }) => ({ log: name, seq, hash })),
  };
}

export async function factsAbout(log: MemoryLog, ref: EntityRef): Promise<StreamPage> {
  const { items, keys } = await log.entityFacts(ORG, SITE, ref);
  return { epoch: await log.epoch(ORG), from: 0, items: [...items], keys: [...keys], head: 0 };
}

/** What of a commit goes out on the site's stream; null where nothing does. */
export function newsOf({ epoch, sites, keys }: Committed): StreamPage | null {
  const mine = sites.get(SITE);
  if (!mine) return null;
  const { head, items } = mine;
  // What names keys of another site is pulled, where they are wrapped anew.
  if (keys.some((key) => key.site !== SITE)) return { epoch, from: head, items: [], keys: [], head };
  return { epoch, from: head - items.length, items: [...items], keys: [...keys], head };
}
