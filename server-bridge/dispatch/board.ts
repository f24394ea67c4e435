/** The board: one row per incident that is open or recent, one per unit; only touched rows are ever made again. */
import { MOST_CLOSED } from '../../domain/bridge/topics.ts';
import { incidentRow } from '../../domain/cad/views/incident-row.ts';
import { lifeOf } from '../../domain/cad/views/reading.ts';
import { neighbourUnits, rosterUnits, unitRowOf } from '../../domain/cad/views/unit-row.ts';
import type { World } from '../../domain/cad/views/world.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { type EntityRef, idOf, kindOf } from '../../domain/kernel/ids.ts';
import type { Change } from '../store/store.ts';
import { createFeed, type Source } from './feed.ts';
import { createSliced } from './sliced.ts';
import type { DispatchOptions } from './surroundings.ts';
import { rowsTouched } from './touched.ts';

/** A closed incident stays in sight this long after anything last happened to it. */
const RECENT_MS = 12 * 3_600_000;
const SPARE = 50;
const SWEEP_MS = 10 * 60_000;
const ACKED_AFTER_MS = 100;
/** A change from elsewhere that touches more rows than this is caught up with in slices. */
const AT_ONCE = 16;

export interface Board extends Source {
  readonly note: (change: Change, renumbered: readonly EntityRef[]) => void;
}

export function createBoard(options: Pick<DispatchOptions, 'store' | 'timers' | 'clock'>, world: World): Board {
  const { store, timers, clock } = options;
  const feed = createFeed(['incidents', 'units']);
  /** When closed incidents on the board were last touched, ms. */
  const closed = new Map<EntityRef, number>();
  const unsent = new Set<EntityRef>();
  let stopAcked: (() => void) | null = null;

  const mark = (ref: EntityRef, row: { readonly unsent: number } | null): void => {
    if (row && row.unsent > 0) unsent.add(ref);
    else unsent.delete(ref);
  };

  const incident = (ref: EntityRef): void => {
    const folded = store.entity(ref);
    const touched = folded ? hlcParse(folded.touched).ms : 0;
    const ended = lifeOf(folded, world) !== 'open';
    const shown = folded && (!ended || touched >= store.now() - RECENT_MS);
    const row = shown ? incidentRow(folded, world.assignmentsOf(ref).map(world.entity), world) : null;
    // What a unit is on stays in sight, whoever closed it meanwhile.
    if (ended && row?.units.length === 0) closed.set(ref, touched);
    else closed.delete(ref);
    if (row) feed.put('incidents', idOf(ref), row);
    else feed.drop('incidents', idOf(ref));
    mark(ref, row);
  };

  const unit = (ref: EntityRef): void => {
    const row = unitRowOf(ref, world);
    if (row) feed.put('units', idOf(ref), row);
    else feed.drop('units', idOf(ref));
    mark(ref, row);
  };

  const redo = (ref: EntityRef): void => (kindOf(ref) === 'unit' ? unit(ref) : incident(ref));

  const thin = (): void => {
    const oldest = store.now() - RECENT_MS;
    const order = [...closed].sort((a, b) => b[1] - a[1]);
    order.forEach(([ref, touched], i) => {
      if (i < MOST_CLOSED && touched >= oldest) return;
      closed.delete(ref);
      unsent.delete(ref);
      feed.drop('incidents', idOf(ref));
    });
  };

  const later = createSliced<EntityRef>({ timers, clock, each: redo, after: feed.flush });

  const sweep = (): void => {
    thin();
    feed.flush();
    stopSweep = timers.after(SWEEP_MS, sweep);
  };
  let stopSweep = timers.after(SWEEP_MS, sweep);

  const begin = (): void => {
    const oldest = store.now() - RECENT_MS;
    const kept: { ref: EntityRef; touched: number }[] = [];
    for (const folded of store.entities('incident')) {
      const touched = hlcParse(folded.touched).ms;
      if (lifeOf(folded, world) === 'open') incident(folded.ref);
      else if (touched >= oldest) kept.push({ ref: folded.ref, touched });
    }
    kept.sort((a, b) => b.touched - a.touched);
    for (const { ref } of kept.slice(0, MOST_CLOSED)) incident(ref);
    for (const ref of [...rosterUnits(world), ...neighbourUnits(world)]) unit(ref);
    feed.flush();
  };
  begin();

  return {
    feed,
    note: (change, renumbered) => {
      const rows = rowsTouched(world, change, renumbered);
      if (closed.size > MOST_CLOSED + SPARE) thin();
      if (change.origin === 'here' || rows.size <= AT_ONCE) {
        for (const ref of rows) {
          later.drop(ref);
          redo(ref);
        }
        feed.flush();
      } else later.add(rows);
      if (change.acked && unsent.size > 0) {
        stopAcked ??= timers.after(ACKED_AFTER_MS, () => {
          stopAcked = null;
          later.add(unsent);
        });
      }
    },
    close: () => {
      later.close();
      stopSweep();
      stopAcked?.();
    },
  };
}
