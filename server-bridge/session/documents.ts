/** Stored documents as a console opens them: from the center, and from the encrypted store while it is away. */
import type { Json } from '../../domain/kernel/json.ts';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';
import type { Document, Documents } from '../dispatch/surroundings.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { SyncFailure } from '../sync/ports.ts';

/** Fetches a path of the center by the right of the person who asks. Rejects with SyncFailure. */
export type FetchDocument = (
  path: string,
  accessToken: string,
) => Promise<{ readonly media: string; readonly body: Buffer }>;

/** Documents kept for an outage; the oldest goes when there are more. */
const MOST_KEPT = 200;
const OWNER = 'center';

const UNAVAILABLE = refused(
  'document.unavailable',
  'The center is not reached, and this document is not kept here.',
  'id',
);
/** What the center answers for what it has no more. */
const GONE = 410;

function keptOf(value: Json | undefined): Document | null {
  const held = value as { readonly [key: string]: Json } | undefined;
  return typeof held?.media === 'string' && typeof held.base64 === 'string'
    ? { media: held.media, base64: held.base64 }
    : null;
}

export function createDocuments(store: Store, fetchDocument: FetchDocument): Documents {
  // The documents themselves are large: when each was fetched is kept beside them.
  const fetched = (): ReadonlyMap<string, number> =>
    new Map(Object.entries((store.value('setting', OWNER, 'documents') ?? {}) as { readonly [id: string]: number }));
  const keep = (id: string, document: Document): void => {
    const times = [...fetched(), [id, store.now()] as const].sort((a, b) => b[1] - a[1]);
    const kept = new Map(times.slice(0, MOST_KEPT));
    for (const [old] of times) if (!kept.has(old)) store.saveValue('document', OWNER, old, null);
    store.saveValue('setting', OWNER, 'documents', Object.fromEntries(kept));
    // Last: what nothing names would stay for good, where the disk is full or the process is killed in between.
    store.saveValue('document', OWNER, id, { ...document });
  };
  const held = (id: string): Document | null => keptOf(store.value('document', OWNER, id));

  const asKept = (id: string): Outcome<Document> => {
    const document = held(id);
    return document ? done(document) : UNAVAILABLE;
  };

  return {
    open: async (id, accessToken) => {
      // Somebody who signed in without the center has no right there yet: what is kept here is what there is.
      if (accessToken === null) return asKept(id);
      try {
        const { media, body } = await fetchDocument(`/v1/documents/${encodeURIComponent(id)}`, accessToken);
        const document = { media, base64: body.toString('base64') };
        keptIfRoom(() => keep(id, document));
        return done(document);
      } catch (failure) {
        if (!(failure instanceof SyncFailure)) throw failure;
        if (failure.kind !== 'refused') return asKept(id);
        // Erased while this station was not told: it began anew after that, or from an old disk.
        if (failure.status === GONE) keptIfRoom(() => store.saveValue('document', OWNER, id, null));
        return refused(failure.code || 'document.refused', failure.message, 'id');
      }
    },
  };
}
