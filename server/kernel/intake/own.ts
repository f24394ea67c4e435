/** Facts of the center itself: its own log, one for each epoch and site, signed by the center's key, bodies in clear. */

import type { FactDraft } from '#domain/kernel/fact.ts';
import { hlcFormat } from '#domain/kernel/hlc.ts';
import { type Clock, type RandomBytes, uuidV7 } from '#domain/kernel/ids.ts';
import { CENTER_STATION } from '#domain/kernel/kernel.ts';
import { READS } from '#domain/modules.ts';
import { makeFrame } from '#sealing/frame.ts';
import type { Signer } from '#sealing/signing.ts';
import { centerLogOf, emptyPosition } from './place.ts';
import type { LogPosition } from './port.ts';
import type { AuthenticFrame } from './prepare.ts';

export interface World {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const BY_NOBODY = { position: null, session: null, by: null } as const;

/**
 * Makes the center's next facts for a site and moves the position of its log. The kernel's bookkeeping only
 * (`fact.contested`, `entity.erased`): it is in clear, so nothing about a person may be in it.
 */
export function ownFrames(
  drafts: readonly FactDraft[],
  where: { readonly org: string; readonly site: string; readonly epoch: string },
  positions: Map<string, LogPosition>,
  signer: Signer,
  world: World,
): readonly AuthenticFrame[] {
  const log = centerLogOf(where.epoch, where.site);
  let position = positions.get(log) ?? emptyPosition(log);
  const now = world.clock();
  const opening: FactDraft[] =
    position.seq > 0
      ? []
      : [
          {
            type: 'log.opened',
            v: 1,
            at: now,
            about: [],
            replaces: [],
            body: { after: null, build: 'center', reads: [...READS] },
          },
        ];
  const made = [...opening, ...drafts].map((draft) => {
    const { frame, fact, head } = makeFrame(
      draft,
      {
        id: uuidV7(now, world.random),
        org: where.org,
        site: where.site,
        station: CENTER_STATION,
        author: BY_NOBODY,
        hlc: hlcFormat({ ms: now, count: position.seq % 0x10000 }, CENTER_STATION),
        head: position,
        key: null,
      },
      signer,
      world.random,
    );
    position = { ...position, seq: head.seq, hash: head.hash, station: CENTER_STATION, site: where.site };
    const { content: _, ...header } = fact;
    return { frame, header, hash: head.hash ?? '' };
  });
  positions.set(log, position);
  return made;
}
