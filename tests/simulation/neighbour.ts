/**
 * Another site of the organisation, in some runs: one workstation that knows incidents and units here by their names alone, and
 * writes about them by mistake or by malice. It works on its own too, sends its units here, settles what it may not, and brings
 * everything again to a center that was put back. It reads nothing: what its stream would bring it is for the judge.
 */
import type { FactDraft } from '../../domain/kernel/fact.ts';
import { assignmentRef, type EntityRef, kindOf, partsOfAssignment, uuidV7 } from '../../domain/kernel/ids.ts';
import { LeaseSchema } from '../../domain/wire/sync.ts';
import type { Standing } from '../../server/kernel/intake/port.ts';
import { type Made, pushOf, type SiteOfStation, testStation } from '../../server/kernel/intake/testing/station.ts';
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import { deviceKey, ORG, UNITS } from './roster.ts';

export const FAR = 'far';
const FAR_UNITS = ['f1', 'f2'] as const;
const USER = 'user-far';
const SESSION = 'session-far';

type Draft = Pick<FactDraft, 'type' | 'about' | 'body'>;

export interface Neighbour {
  readonly station: string;
  readonly publicKey: string;
  readonly site: SiteOfStation;
  readonly standings: ReadonlyMap<string, Standing>;
  readonly units: readonly string[];
  /** Everything it ever wrote. */
  readonly made: readonly Made[];
  /** Asks for numbers where it has few left; a center that is down gives none. */
  readonly lease: (center: CenterNode) => Promise<void>;
  /** Writes something about what it can name. */
  readonly write: (center: CenterNode) => void;
  /** Brings what the center lacks of it; a center that is down gets nothing. */
  readonly bring: (center: CenterNode) => Promise<void>;
}

/** Numbers asked for at once: few, so that both sites ask by turns. */
const LEASE_SIZE = 3;

export function createNeighbour(chance: Chance, clock: () => number): Neighbour {
  const site = { org: ORG, site: FAR, siteKey: { id: 'sk-far', bytes: chance.bytes(32) } };
  const station = testStation('far-1', site, {
    ...{ session: SESSION, by: USER, now: clock, random: chance.bytes, privateKey: deviceKey(chance) },
  });
  const standing: Standing = { user: USER, roles: ['supervisor'], validFrom: 0, validUntil: null };
  const made: Made[] = [];
  const own: EntityRef[] = [];
  const ids = chance.fork('requests');
  const numbers: string[] = [];

  const opening = (): Draft => {
    const incident: EntityRef = `incident:far-${own.length + 1}`;
    own.push(incident);
    const body = { number: numbers.shift() ?? `F-${own.length}`, answeredAt: clock(), source: 'call', priority: '2' };
    return { type: 'incident.opened', about: [incident], body };
  };
  const about = (incident: EntityRef): Draft => {
    const unit: EntityRef = `unit:${chance.pick([...FAR_UNITS, ...UNITS])}`;
    const run = assignmentRef(incident, unit, 0);
    const earlier = made.length > 0 ? chance.pick(made) : null;
    const mine = own.length > 0 ? chance.pick(own) : incident;
    return chance.pick<Draft>([
      { type: 'incident.edited', about: [incident], body: { priority: '1' } },
      { type: 'incident.noted', about: [incident], body: { text: 'from another site' } },
      { type: 'incident.closed', about: [incident], body: { disposition: 'DONE' } },
      { type: 'incident.opened', about: [incident], body: { number: 'F-0', answeredAt: clock(), source: 'call' } },
      { type: 'incident.linked', about: [mine, incident], body: { linked: chance.happens(0.5) } },
      { type: 'unit.dispatched', about: [incident, unit, run], body: { code: 'DP', commitments: [incident] } },
      { type: 'unit.status', about: [unit], body: { code: 'OOS', standard: 'outOfService', commitments: [] } },
      { type: 'time.recorded', about: [run], body: { element: 'onScene', at: clock() } },
      { type: 'incident.teleported', about: [incident], body: { to: 'nowhere' } },
      ...(earlier
        ? [
            {
              type: 'fact.settled',
              about: earlier.fact.about,
              body: { fact: earlier.fact.id, verdict: chance.pick(['confirmed', 'set aside']) },
            },
          ]
        : []),
    ]);
  };

  return {
    station: station.station,
    publicKey: station.publicKey,
    site,
    standings: new Map([[SESSION, standing]]),
    units: FAR_UNITS,
    made,
    lease: async (center) => {
      if (!center.alive() || numbers.length > 0) return;
      const year = new Date(clock()).getUTCFullYear();
      const input = { log: station.log().log, year, size: LEASE_SIZE };
      const id = uuidV7(clock(), ids.bytes);
      const asked = { id, kind: 'numbers.lease', session: null, by: null, madeAt: clock(), input };
      // Where the center ends meanwhile, what it leased is a gap.
      const { result } = await center.request(station.station, asked).catch(() => ({ result: null }));
      const lease = LeaseSchema.safeParse(result);
      if (!lease.success) return;
      const { from, to } = lease.data;
      for (let n = from; n <= to; n++) numbers.push(`${String(year % 100)}-${String(n).padStart(5, '0')}`);
    },
    write: (center) => {
      const named = [...center.log.entities(ORG).keys()].filter(
        (ref) => kindOf(ref) === 'incident' && !own.includes(ref),
      );
      const draft = named.length === 0 || chance.happens(0.15) ? opening() : about(chance.pick(named.slice(-8)));
      made.push(station.append(draft));
    },
    bring: async (center) => {
      if (!center.alive()) return;
      const { log } = station.log();
      const held = (await center.log.positions(ORG, [log])).get(log)?.seq ?? 0;
      const known = center.log.entities(ORG);
      const isBeforeTheTrueOne = ({ fact: { type, about } }: Made): boolean =>
        type === 'incident.opened' && about.some((ref) => !own.includes(ref) && !known.has(ref));
      const lacking = made.slice(held);
      // A center that was put back takes the first opening that comes for the true one: docs/adr/0023 names what that costs.
      const early = lacking.findIndex(isBeforeTheTrueOne);
      if (early >= 0) lacking.splice(early);
      // The center's process may end meanwhile: it comes again.
      if (lacking.length > 0) await center.push(pushOf(...lacking), FAR).catch(() => undefined);
    },
  };
}

/** Whether a record is of the other site: its own incidents and units, and what joins one of them. */
export function isTheirs({ units, made }: Neighbour, ref: EntityRef): boolean {
  const parts = partsOfAssignment(ref);
  return (parts ? [parts.incident, parts.unit] : [ref]).some(
    (one) =>
      units.some((id) => one === `unit:${id}`) ||
      (one.startsWith('incident:far-') && made.some(({ fact }) => fact.about[0] === one)),
  );
}
