/** A floor that works calls against a real center: facts go in as a station's, hand-off comes out. */
import { pino } from 'pino';
import type { FactDraft } from '#domain/kernel/fact.ts';
import { assignmentRef, type EntityRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import {
  type IdentityWorld,
  identityWorld,
  organisationWithSite,
  person,
} from '../../../../kernel/identity/testing/identity.ts';
import { pushTaker } from '../../../../kernel/intake/queue.ts';
import { verifyHere } from '../../../../kernel/intake/signature-checks.ts';
import {
  type Made,
  newEntity,
  opening,
  pushOf,
  type TestStation,
  testStation,
} from '../../../../kernel/intake/testing/station.ts';
import { readBlob } from '../../../documents/blobs.ts';
import { derivedId } from '../derive.ts';
import { reportPdf } from '../pdf.ts';
import { type WorkerPorts, workOff } from '../worker.ts';

export const ORG = 'alpha';

export interface Floor {
  readonly world: IdentityWorld;
  readonly site: string;
  readonly ports: WorkerPorts;
  readonly station: TestStation;
  readonly push: (...made: Made[]) => Promise<void>;
  readonly rows: <T extends object>(query: string, values?: readonly unknown[]) => Promise<T[]>;
  /** A patient is taken to Mercy by M36; E06 is canceled on the way. */
  readonly transported: (number: string) => Call;
  /** What hand-off derived of a unit's run; of its n-th patient where it took several. */
  readonly derived: (
    call: Call,
    unit: string,
    kind: 'run' | 'chart' | 'trip',
    patient?: number,
  ) => Promise<RecordVersion | null>;
  /** The next version of a record, as somebody at the center writes it; throws where there is none. */
  readonly put: (record: RecordVersion | null, body: object) => Promise<void>;
  /** Takes facts in, and has done what hand-off has to do for them. */
  readonly derive: (...made: Made[]) => Promise<void>;
  readonly reportOf: (call: Call) => Promise<RecordVersion | null>;
  /** What its stored report says; throws where none can be read. */
  readonly textOfReport: (call: Call) => Promise<string>;
}

export async function floor(): Promise<Floor> {
  const world = await identityWorld();
  const site = await organisationWithSite(world, ORG);
  const by = await person(world, ORG, 'dora', ['dispatcher'], site);
  const [key] = await world.ports.keys.siteKeys(ORG, site);
  if (!key) throw new Error('the site has no key');
  const station = testStation(
    'seat-1',
    { org: ORG, site, siteKey: key },
    { session: 's-dora', by, now: () => world.time.now },
  );
  const { db } = world.database;
  await db.inOrgClient({ org: ORG }, async (client) => {
    await client.query(
      `insert into kernel.device (org, station, site, name, short, key, enrolled_at) values ($1, 'seat-1', $2, 'Seat', 'S1A', $3, 1)`,
      [ORG, site, station.publicKey],
    );
    await client.query(
      `insert into kernel.standing (org, session, user_id, roles, valid_from) values ($1, 's-dora', $2, '{dispatcher}', 1)`,
      [ORG, by],
    );
  });
  await world.log.intake(ORG, async (tx) => {
    const put = (kind: string, id: string, body: { [field: string]: Json }) =>
      tx.putRecord(site, { kind, id, version: 1, body: body as { [field: string]: never } });
    await put('site', site, { name: 'Harbor County 911', timeZone: 'America/Los_Angeles', waiting: {} });
    for (const callsign of ['M36', 'E06']) {
      const capabilities: Json = [];
      await put('roster_unit', callsign.toLowerCase(), {
        callsign,
        kind: callsign.startsWith('M') ? 'ambulance' : 'engine',
        agency: null,
        home: null,
        capabilities,
        active: true,
      });
    }
  });
  const world_ = { clock: world.ports.clock, random: world.ports.random };
  const record = (kind: string, id: string): Promise<RecordVersion | null> =>
    world.log.intake(ORG, (tx) => tx.record(kind, id));
  const reportOf = (call: Call): Promise<RecordVersion | null> => record('report', derivedId(call.incident, 'report'));
  const take = pushTaker(world.log, world.ports.keys.centerKeys, world_, verifyHere);
  const push = async (...made: Made[]): Promise<void> => {
    // A log is sent as it was written, whichever call each is of.
    made.sort((a, b) => a.fact.seq - b.fact.seq);
    const { problems } = await take(ORG, site, pushOf(...made));
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  };
  const ports: WorkerPorts = {
    db,
    log: world.log,
    ...world_,
    circumstancesOf: world.circumstancesOf,
    logger: pino({ level: 'silent' }),
    draw: (report, madeAt) => reportPdf(report, madeAt, false),
  };
  return {
    world,
    site,
    station,
    ports,
    push,
    rows: (query, values = []) =>
      db.inOrgClient({ org: ORG }, async (client) => (await client.query(query, [...values])).rows),
    transported: (number) => transported(station, number),
    derived: (call, unit, kind, patient) => record(kind, derivedId(call.run(unit), kind, patient)),
    put: (of, body) =>
      world.log.intake(ORG, async (tx) => {
        if (!of) throw new Error('there is no such record');
        await tx.putRecord(site, { ...of, version: of.version + 1, body: { ...of.body, ...body } });
      }),
    derive: async (...made) => {
      await push(...made);
      await workOff(ports);
    },
    reportOf,
    textOfReport: async (call) => {
      const report = await reportOf(call);
      const read = await db.inOrg({ org: ORG }, (trx) =>
        readBlob(trx, world.ports.keys, ORG, report?.id ?? '', String(report?.body?.digest)),
      );
      if (read.state !== 'read') throw new Error(read.state);
      return textOfPdf(read.bytes);
    },
  };
}

function transported(station: TestStation, number: string): Call {
  const call = takeCall(station, number);
  call.send('m36', later(40));
  call.send('e06', later(45));
  call.status('m36', 'enRoute', later(80));
  call.status('e06', 'canceled', later(100), { commitments: [] });
  call.status('m36', 'onScene', later(400));
  call.status('m36', 'atPatient', later(430));
  call.status('m36', 'transporting', later(1_500), { destination: { name: 'Mercy' } });
  call.status('m36', 'atDestination', later(2_200));
  call.status('m36', 'available', later(3_000), { commitments: [] });
  return call;
}

export const START = Date.UTC(2026, 10, 22, 22, 31, 2);
/** Seconds after the call was answered (14:31:02 where the center is), ms UTC. */
export const later = (seconds: number): number => START + seconds * 1_000;

export interface Call {
  readonly incident: EntityRef;
  readonly id: string;
  readonly made: Made[];
  readonly run: (unit: string) => EntityRef;
  readonly fact: (
    type: string,
    at: number,
    about: readonly EntityRef[],
    body: Json,
    replaces?: readonly string[],
  ) => Made;
  readonly send: (unit: string, at: number) => Made;
  readonly status: (unit: string, standard: string, at: number, more?: { readonly [field: string]: Json }) => Made;
}

/** A call that was taken; what is done with it is collected in `made`, to be pushed. */
export function takeCall(station: TestStation, number: string, more: { readonly [field: string]: Json } = {}): Call {
  const incident = newEntity('incident');
  const made: Made[] = [];
  const standing = new Map<string, string>();
  const append = (draft: Pick<FactDraft, 'type' | 'about' | 'body'> & Partial<FactDraft>): Made => {
    const one = station.append(draft);
    made.push(one);
    return one;
  };
  append({ ...opening(incident, { number, answeredAt: START, ...more }), at: START });
  const run = (unit: string): EntityRef => assignmentRef(incident, `unit:${unit}`, 0);
  const about = (unit: string): EntityRef[] => [incident, `unit:${unit}`, run(unit)];
  const fact: Call['fact'] = (type, at, of, body, replaces = []) =>
    append({ type, at, about: [...of], body, replaces });
  const replacing = (unit: string): string[] => [standing.get(unit) ?? []].flat();
  return {
    incident,
    id: incident.slice('incident:'.length),
    made,
    run,
    fact,
    send: (unit, at) => {
      const one = fact('unit.dispatched', at, about(unit), { code: 'DP', commitments: [incident] });
      standing.set(unit, one.fact.id);
      return one;
    },
    status: (unit, standard, at, rest = {}) => {
      const body = { code: standard.slice(0, 2).toUpperCase(), standard, ...rest };
      const one = fact('unit.status', at, about(unit), body, replacing(unit));
      standing.set(unit, one.fact.id);
      return one;
    },
  };
}

/** The text of an uncompressed PDF, in the order it was drawn. */
export function textOfPdf(bytes: Uint8Array): string {
  const source = Buffer.from(bytes).toString('latin1');
  const lines = [...source.matchAll(/\[((?:<[0-9a-f]*>|[-\d. ])*)\] TJ/g)].map(([, shown = '']) =>
    [...shown.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex = '']) => new TextDecoder('windows-1252').decode(Buffer.from(hex, 'hex')))
      .join(''),
  );
  return lines.join('\n');
}
