/**
 * A snapshot is made once for all who ask for it meanwhile. Where that takes the center longer than a workstation waits, the workstation
 * asks again; it then gets what was made for it, in place of having another made, of which it would hear as little.
 */
import { ENTITY_ERASED } from '#domain/kernel/kernel.ts';
import type { CenterLog } from '../intake/port.ts';

/** What takes longer than this is kept for whoever asked for it and went. ms */
const LONG_MS = 5_000;
/** A workstation that waited in vain asks again within half a minute. ms */
const KEPT_MS = 60_000;

interface Snapshot {
  readonly epoch: string;
  /** JSON. */
  readonly text: string;
}

/** `make`: of a site, at this moment. Whoever is given an older one reads on from its cursor, as from any. */
export function shareSnapshots(
  log: Pick<CenterLog, 'epoch' | 'onCommit'>,
  make: (org: string, site: string) => Promise<Snapshot>,
  longMs: number = LONG_MS,
): (org: string, site: string) => Promise<string> {
  const made = new Map<string, { readonly org: string; readonly snapshot: Promise<Snapshot> }>();
  // What is erased is given to nobody from then on, however it was made.
  log.onCommit(({ org, facts }) => {
    if (!facts.some(({ type }) => type === ENTITY_ERASED)) return;
    for (const [name, one] of made) if (one.org === org) made.delete(name);
  });
  const begin = (name: string, org: string, site: string): Promise<Snapshot> => {
    const begun = performance.now();
    const one = { org, snapshot: make(org, site) };
    made.set(name, one);
    const forget = (): void => {
      if (made.get(name) === one) made.delete(name);
    };
    one.snapshot.then(() => {
      if (performance.now() - begun < longMs) forget();
      else setTimeout(forget, KEPT_MS).unref();
    }, forget);
    return one.snapshot;
  };
  return async (org, site) => {
    const name = `${org}|${site}`;
    const epoch = await log.epoch(org);
    const known = made.get(name);
    const snapshot = await (known?.snapshot ?? begin(name, org, site));
    return snapshot.epoch === epoch || !known ? snapshot.text : (await begin(name, org, site)).text;
  };
}
