/**
 * Keys for what a site has of other sites: a site's stations open what is wrapped under its own key alone, so the center wraps
 * anew for it the keys of facts that were shared with it, or that another site wrote about what is its own.
 */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { readPlace } from '#domain/kernel/fact.ts';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { wrapKey } from '#sealing/cipher.ts';
import type { KeyRing } from '../keys/ring.ts';
import { openEnvelope } from './open.ts';
import type { CenterLog, StreamRead } from './port.ts';

/** Gives what is read for a site with keys that its stations can open. */
export function withSharedKeys<L extends Pick<CenterLog, 'read' | 'entityFacts' | 'startingPoint'>>(
  log: L,
  ring: Pick<KeyRing, 'siteKey' | 'siteKeys'>,
  random: RandomBytes,
): L {
  const shared = async <R extends StreamRead>(org: string, site: string, reading: Promise<R>): Promise<R> => {
    const read = await reading;
    if (read.keys.every((envelope) => envelope.site === site)) return read;
    // What a site's own frame names it made itself, or had: a name alone opens nothing.
    const ofOthers = new Set(
      read.items.flatMap((item) =>
        'frame' in item && item.frame.k !== null && readPlace(item.frame.h)?.site !== site ? [item.frame.k] : [],
      ),
    );
    const under = (await ring.siteKeys(org, site)).find((key) => key.state === 'active');
    const wrapped = async (envelope: KeyEnvelope): Promise<KeyEnvelope> => {
      if (envelope.site === site || !ofOthers.has(envelope.id) || !under) return envelope;
      const key = await openEnvelope(envelope, (of, id) => ring.siteKey(org, of, id));
      if (!key) return envelope;
      return wrapKey(
        under.bytes,
        key,
        { id: envelope.id, entity: envelope.entity, org, site, under: under.id },
        random,
      );
    };
    return { ...read, keys: await Promise.all(read.keys.map(wrapped)) };
  };
  return {
    ...log,
    read: (org, site, after, limit) => shared(org, site, log.read(org, site, after, limit)),
    entityFacts: (org, site, ref) => shared(org, site, log.entityFacts(org, site, ref)),
    startingPoint: (org, site, since) => shared(org, site, log.startingPoint(org, site, since)),
  };
}
