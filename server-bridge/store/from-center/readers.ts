/** What this station knows of who reads which types of facts: kept, so that a restart in an outage forgets none of it. */
import { lackedBy, notReadBy, type Older, type ReadersWord } from '../../../domain/kernel/readers.ts';
import { READS } from '../../../domain/modules.ts';
import type { Core } from '../core.ts';

function wordOf(core: Core): ReadersWord | null {
  const emit = core.meta.read<string[]>('emit');
  return emit === undefined ? null : { emit, older: core.meta.read<Older[]>('older') ?? [] };
}

const heardOf = (core: Core): readonly Older[] => core.meta.read<Older[]>('heard') ?? [];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The center's word. It is newer than what peers said, but for those that are linked now and speak for themselves. */
export function saveReaders(core: Core, word: ReadersWord, linked: ReadonlySet<string>): void {
  const heard = heardOf(core).filter(({ station }) => linked.has(station));
  if (same(word, wordOf(core)) && heard.length === heardOf(core).length) return;
  core.write('center', (tx) => {
    tx.stations = true;
    core.meta.write('emit', word.emit);
    core.meta.write('older', word.older);
    core.meta.write('heard', heard);
  });
}

/** A peer's word on itself. */
export function heardReads(core: Core, station: string, reads: readonly string[]): void {
  const said: Older = { station, lacks: lackedBy(reads, READS) };
  const before = heardOf(core);
  if (before.some((one) => same(one, said))) return;
  core.write('peer', (tx) => {
    tx.stations = true;
    core.meta.write('heard', [...before.filter((one) => one.station !== station), said]);
  });
}

/** As {@link notReadBy}, of the stations that the roster has. */
export function unreadAt(core: Core, type: string): readonly string[] | null {
  const { station } = core.identity;
  const self: Older = { station, lacks: lackedBy(core.options.reads ?? READS, READS) };
  const own = new Map([...heardOf(core), self].map((one) => [one.station, one]));
  const enrolled = core.roster()?.peers.flatMap((peer) => (peer.revoked ? [] : [peer.station])) ?? [];
  return notReadBy(type, { center: wordOf(core), own }, enrolled);
}
