/**
 * Whoever keeps the records at the center of a run: places legal holds on incidents, has them released, and erases incidents, also
 * while a console that has not heard of it works on.
 */
import { mayErase } from '../../domain/cad/erasing.ts';
import { openingOf } from '../../domain/cad/views/numbers.ts';
import { shownValue } from '../../domain/kernel/fold.ts';
import { type EntityRef, idOf, kindOf } from '../../domain/kernel/ids.ts';
import { done, type Outcome, refused } from '../../domain/kernel/refusal.ts';
import type { Signer } from '../../sealing/signing.ts';
import { eraseEntity } from '../../server/kernel/intake/erase.ts';
import type { World } from '../../server/kernel/intake/own.ts';
import type { MemoryLog } from '../../server/kernel/intake/testing/memory.ts';
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import { CenterDown } from './dying-log.ts';
import { CENTER, type Network } from './network.ts';
import type { Deed } from './people.ts';
import { ORG, UNITS } from './roster.ts';
import type { StationNode } from './station-node.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Erases an incident as the center's door does: what stands in the way is asked within the step. */
export function eraseAtCenter(
  log: MemoryLog,
  holds: ReadonlySet<EntityRef>,
  signer: Signer,
  world: World,
  { incident, number }: { readonly incident: EntityRef; readonly number: string },
): Promise<Outcome<null>> {
  return log.intake<Outcome<null>>(ORG, async (tx) => {
    const state = log.entity(ORG, incident);
    if (!state) return refused('incident.unknown', 'There is no incident under this id.', 'incident');
    const may = mayErase(
      {
        number: openingOf(state)?.number ?? idOf(incident),
        over: isOver(log, incident),
        units: running(log, incident),
        holds: Number(holds.has(incident)),
      },
      number,
    );
    if (!may.ok) return may;
    await eraseEntity(tx, incident, 'an administrator erased it', signer, world);
    return done(null);
  });
}

function isOver(log: MemoryLog, incident: EntityRef): boolean {
  const state = log.entity(ORG, incident);
  return shownValue(state, 'life') === 'closed' || (shownValue(state, 'mergedInto') ?? null) !== null;
}

function running(log: MemoryLog, incident: EntityRef): number {
  const commitments = [...log.entities(ORG).values()]
    .filter(({ ref }) => kindOf(ref) === 'unit')
    .map((unit) => shownValue(unit, 'commitments'));
  return commitments.filter((of) => Array.isArray(of) && of.includes(incident)).length;
}

export interface Office {
  readonly center: CenterNode;
  readonly stations: readonly StationNode[];
  readonly network: Network;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly note: (text: string) => void;
  /** Somebody at a station does this now. */
  readonly act: (station: StationNode, deed: Deed) => void;
}

/** Works until `end`, on average every `every` ms. */
export function administer(office: Office, end: number, every: number): void {
  const { time, chance } = office;
  const erased = new Set<EntityRef>();
  const again = (): void => {
    const wait = -Math.log(1 - chance.next()) * every;
    if (time.now() + wait > end) return;
    time.after(wait, () => {
      if (office.center.alive()) keepRecords(office, erased, end);
      again();
    });
  };
  again();
}

/** `erased`: as whoever did it knows, also where the center was put back since. */
function keepRecords(office: Office, erased: Set<EntityRef>, end: number): void {
  const { center, chance, time, note } = office;
  const known = [...center.log.entities(ORG).keys()].filter((ref) => kindOf(ref) === 'incident');
  const over = known.filter((ref) => isOver(center.log, ref));
  // Mostly one that may be erased, and one of the last, of which consoles still speak.
  const due = over.filter((ref) => running(center.log, ref) === 0).slice(-6);
  const incident =
    chance.happens(0.9) && due.length > 0 ? chance.pick(due) : known.length > 0 ? chance.pick(known) : null;
  if (incident === null) return;
  if (chance.happens(0.15) && !erased.has(incident)) {
    note(`hold on ${incident}`);
    center.hold(incident, true);
    time.after(chance.between(MINUTE, 30 * MINUTE), () => center.hold(incident, false));
    return;
  }
  const unheard = chance.happens(0.4) ? chance.pick(office.stations) : null;
  const isClosed = shownValue(center.log.entity(ORG, incident), 'life') === 'closed';
  if (isClosed && unheard?.alive()) goOnUnheard(office, unheard, incident, end);
  erase(office, erased, incident);
}

function erase({ center, time, note }: Office, erased: Set<EntityRef>, incident: EntityRef): void {
  const state = center.log.entity(ORG, incident);
  const number = (state && openingOf(state)?.number) ?? idOf(incident);
  time.promised();
  center.erase(incident, number).then(
    (outcome) => {
      note(`erasing ${incident}: ${outcome.ok ? 'erased' : outcome.refusal.code}`);
      if (outcome.ok) erased.add(incident);
    },
    (error: unknown) => {
      if (!(error instanceof CenterDown)) throw error;
    },
  );
}

/** A console that is cut off opens the incident again and sends a unit there, and its peers hear of it before the center. */
function goOnUnheard(office: Office, station: StationNode, incident: EntityRef, end: number): void {
  const { chance, network, time, act, note } = office;
  const others = [...office.stations.map(({ name }) => name), CENTER].filter((name) => name !== station.name);
  const ways = others.flatMap((name) => [[station.name, name] as const, [name, station.name] as const]);
  note(`${station.name} alone, while ${incident} is erased`);
  for (const [from, to] of ways) network.cut(from, to);
  const deeds: readonly Deed[] = [
    { name: 'incident.reopen', input: { incident: idOf(incident), reason: 'they called again' } },
    { name: 'incident.note', input: { incident: idOf(incident), text: 'said while it was erased' } },
    { name: 'unit.dispatch', input: { incident: idOf(incident), units: [chance.pick(UNITS)], confirm: true } },
  ];
  for (const [i, deed] of deeds.entries()) {
    time.after(chance.between(i * 3 * SECOND, (i * 3 + 2) * SECOND), () => {
      if (time.now() < end) act(station, deed);
    });
  }
  // Often its peers are reached first.
  const later = chance.happens(0.5) ? chance.between(0, MINUTE) : 0;
  time.after(chance.between(20 * SECOND, 4 * MINUTE), () => {
    for (const [from, to] of ways) if (from !== CENTER && to !== CENTER) network.mend(from, to);
    time.after(later, () => {
      for (const [from, to] of ways) network.mend(from, to);
    });
  });
}
