/**
 * Incidents that are looked for, among all that this workstation holds: open and recent ones at once, then those on disk from
 * the newest back, in slices. What changes meanwhile comes and goes as on the board.
 */
import { type FoundRow, type LookedRow, MOST_FOUND } from '../../domain/bridge/topics.ts';
import { type Findable, isWanted, wantedOf, wantedSaid } from '../../domain/cad/command/find.ts';
import { zoneOf } from '../../domain/cad/sentences/local-time.ts';
import { answeredAtOf, incidentRow, locationOf, natureOf } from '../../domain/cad/views/incident-row.ts';
import { openingOf } from '../../domain/cad/views/numbers.ts';
import { callsignOf, textOf } from '../../domain/cad/views/reading.ts';
import type { World } from '../../domain/cad/views/world.ts';
import { type Folded, shownValue } from '../../domain/kernel/fold.ts';
import { type EntityRef, entityRef, idOf, kindOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { Change } from '../store/store.ts';
import { createFeed } from './feed.ts';
import type { Followed } from './incident-topic.ts';
import type { DispatchOptions } from './surroundings.ts';
import { erases } from './touched.ts';

/** Longest slice, ms (DESIGN §6). */
const SLICE_MS = 5;
const PAGE = 40;

/** What else each nature of the list is called, by its code. */
function otherNames({ records }: Pick<World, 'records'>): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>();
  for (const { body } of records('nature')) if (body.alsoCalled) named.set(body.code, body.alsoCalled);
  return named;
}

function textsOf(folded: Folded, called: ReturnType<typeof otherNames>): readonly string[] {
  const [location, nature] = [locationOf(folded), natureOf(folded)];
  return [
    ...[location?.text, location?.detail, location?.zone, location?.city, nature?.text, nature?.code],
    ...(called.get(nature?.code ?? '') ?? []),
    ...['caller', 'patient', 'disposition'].map((register) => textOf(shownValue(folded, register))),
  ].filter((text): text is string => text !== undefined && text !== '');
}

const referencesOf = (folded: Folded): readonly string[] =>
  Object.keys(folded.registers)
    .filter((register) => register.startsWith('ref:'))
    .map((register) => textOf(shownValue(folded, register)));

/** `text` as it was typed. */
export function findSource(
  { store, timers, clock }: Pick<DispatchOptions, 'store' | 'timers' | 'clock'>,
  world: World,
  text: string,
): Followed {
  const zone = zoneOf(world);
  const called = otherNames(world);
  const wanted = wantedOf(text, store.now(), zone);
  const feed = createFeed(['found', 'looked']);
  let looked: LookedRow = { said: wantedSaid(wanted, zone), incidents: 0, back: null, state: 'looking' };

  const runsOf = (incident: EntityRef): readonly EntityRef[] => store.beginning(`assignment:${idOf(incident)}.`);
  const callsignsOf = (runs: readonly EntityRef[]): readonly string[] => {
    const units = runs.flatMap((ref) => partsOfAssignment(ref)?.unit ?? []);
    return [...new Set(units)].map((unit) => callsignOf(world, unit));
  };
  const bySending = (runs: readonly EntityRef[]): readonly EntityRef[] => {
    const sent = new Map(runs.map((ref) => [ref, store.entity(ref)?.opened ?? '']));
    return runs.toSorted((a, b) => ((sent.get(a) ?? '') < (sent.get(b) ?? '') ? -1 : 1));
  };
  const findable = (folded: Folded): Findable => ({
    number: openingOf(folded)?.number ?? '',
    references: referencesOf(folded),
    answeredAt: answeredAtOf(folded),
    callback: textOf(shownValue(folded, 'callback')),
    texts: textsOf(folded, called),
    callsigns: () => callsignsOf(runsOf(folded.ref)),
  });
  const put = (folded: Folded): void => {
    const { ref } = folded;
    const row: FoundRow = {
      ...incidentRow(folded, world.assignmentsOf(ref).map(world.entity), world),
      ran: callsignsOf(bySending(runsOf(ref))),
    };
    feed.put('found', row.id, row);
  };
  const isFull = (): boolean => feed.keys('found').length >= MOST_FOUND;
  /** Looks at one for the first time. */
  const look = (folded: Folded): void => {
    // What was only named by others, and never opened here.
    if (!openingOf(folded)) return;
    const at = answeredAtOf(folded);
    looked = {
      ...looked,
      incidents: looked.incidents + 1,
      back: looked.back === null ? at : Math.min(looked.back, at),
    };
    if (isWanted(findable(folded), wanted)) put(folded);
  };
  const say = (state: LookedRow['state']): void => {
    looked = { ...looked, state };
    feed.put('looked', 'looked', looked);
    feed.flush();
  };

  let before: EntityRef | null = null;
  let stop: () => void = () => undefined;
  /** Looks at those on disk that come next, for as long as a slice may take. */
  const lookOn = (): LookedRow['state'] => {
    const end = clock() + SLICE_MS;
    do {
      const page = store.back('incident', before, PAGE);
      for (const folded of page) {
        if (isFull()) return 'enough';
        if (!store.isKept(folded.ref)) look(folded);
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return 'whole';
      before = last.ref;
    } while (clock() < end);
    return 'looking';
  };
  const slice = (): void => {
    const state = lookOn();
    say(state);
    if (state === 'looking') stop = timers.after(0, slice);
  };

  const recent = [...store.entities('incident')].sort((a, b) => (a.ref < b.ref ? 1 : -1));
  for (const folded of recent) {
    if (isFull()) break;
    look(folded);
  }
  if (isFull()) say('enough');
  else {
    say('looking');
    stop = timers.after(0, slice);
  }

  /** One that changed, or may have come. */
  const again = (ref: EntityRef): void => {
    const folded = world.entity(ref);
    const id = idOf(ref);
    if (!folded || !openingOf(folded) || !isWanted(findable(folded), wanted)) feed.drop('found', id);
    else if (!isFull() || feed.row('found', id) !== undefined) put(folded);
  };
  return {
    feed,
    note: (change: Change) => {
      const touched = new Set<EntityRef>();
      for (const ref of change.entities) {
        if (kindOf(ref) === 'incident') touched.add(ref);
        const parts = partsOfAssignment(ref);
        if (parts) touched.add(parts.incident);
      }
      for (const id of feed.keys('found')) {
        const { unsent } = feed.row('found', id) as unknown as FoundRow;
        if (erases(world, change) || (change.acked && unsent > 0)) touched.add(entityRef('incident', id));
      }
      for (const ref of touched) again(ref);
      feed.flush();
    },
    close: () => stop(),
  };
}
