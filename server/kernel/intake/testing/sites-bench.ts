/** A center's log under test with a dispatcher's and a supervisor's workstation at each of two sites, and what a test asks of it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { FactDraft } from '#domain/kernel/fact.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import { OF_ANOTHER_SITE } from '#domain/kernel/fold.ts';
import { assignmentRef, type EntityRef, idOf } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import { takePushes } from '../intake.ts';
import { preparePush } from '../prepare.ts';
import { verifyHere } from '../signature-checks.ts';
import { type LogSuite, type LogUnderTest, world } from './log-bench.ts';
import { pushFrames } from './push.ts';
import { tellingWhatIsReadWhole } from './read-whole.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

/** As it stands at the beginning of a test: nothing has been pushed yet. */
export interface SitesBegun {
  readonly subject: LogUnderTest;
  readonly here: TestStation;
  /** The supervisor's. */
  readonly chief: TestStation;
  readonly there: TestStation;
  readonly chiefThere: TestStation;
  /** What `opened` opens, here. */
  readonly incident: EntityRef;
  readonly opened: Made;
  /** Of the roster of the other site. */
  readonly unit: EntityRef;
}

interface FactSeen {
  readonly id: string;
  readonly type: string;
}

interface Contested {
  readonly fact: string;
  readonly reason: string;
}

/** The sites by their place in the organisation: 0 is here. */
export interface SitesBench {
  readonly begun: () => SitesBegun;
  /** The center's. */
  readonly signer: Signer;
  /** Of what all facts were read since a test began. */
  readonly readWhole: () => readonly EntityRef[];
  readonly enrolled: (station: TestStation) => Promise<TestStation>;
  /** A new unit of that site's roster. */
  readonly unitOf: (at: 0 | 1) => Promise<EntityRef>;
  /** Each to the center by its own site; all have to be taken. */
  readonly push: (...made: readonly Made[]) => Promise<void>;
  /** The same in one step of the center's, in this order. */
  readonly pushAtOnce: (...made: readonly Made[]) => Promise<void>;
  readonly ids: (at: 0 | 1) => Promise<readonly string[]>;
  readonly types: (at: 0 | 1) => Promise<readonly string[]>;
  readonly holders: (ref: EntityRef) => Promise<readonly string[]>;
  /** Both sites, as `holders` names them. */
  readonly both: () => readonly string[];
  readonly folded: (ref: EntityRef) => Promise<Folded>;
  readonly contested: (ref: EntityRef) => Promise<readonly Contested[]>;
  /** How a fact is contested that is about what is another site's. */
  readonly foreign: (made: Made) => Contested;
  readonly edit: (by: TestStation, priority: string) => Made;
  readonly note: (by: TestStation, text: string, about?: EntityRef) => Made;
  readonly settle: (by: TestStation, of: Made, verdict: string, about?: readonly EntityRef[]) => Made;
  /** A unit is sent to the incident. */
  readonly send: (of: EntityRef) => Pick<FactDraft, 'type' | 'about' | 'body'>;
}

/** To be called within a `describe`: begins anew before each of its tests. */
export function sitesBench(suite: LogSuite): SitesBench {
  let maker: Awaited<ReturnType<LogSuite['start']>>;
  let at: SitesBegun;
  let readWhole: readonly EntityRef[] = [];
  const signer = signerOf(newSigningKey());
  const keys = { signer, publicKeys: [signer.publicKey] };

  beforeAll(async () => {
    maker = await suite.start();
  });
  afterAll(() => maker.stop());

  const enrolledAt = async (subject: LogUnderTest, made: TestStation): Promise<TestStation> => {
    const { org, site } = made.site;
    await subject.enrol({ org, site, station: made.station, key: made.publicKey, revoked: false, revokedAt: null });
    return made;
  };
  const admitted = async (subject: LogUnderTest, who: string, site: 0 | 1, role: Role): Promise<TestStation> => {
    const session = `${who}-${subject.org}`;
    await subject.admit(session, { user: who, roles: [role], validFrom: 0, validUntil: null });
    return enrolledAt(subject, testStation(`w-${session}`, subject.sites[site], { session, by: who }));
  };
  const unitAt = async (subject: LogUnderTest, site: 0 | 1): Promise<EntityRef> => {
    const unit: EntityRef = `unit:u-${randomBytes(4).toString('hex')}`;
    await subject.log.intake(subject.org, (tx) =>
      tx.putRecord(subject.sites[site].site, {
        kind: 'roster_unit',
        id: idOf(unit),
        version: 1,
        body: { callsign: 'M1', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true },
      }),
    );
    return unit;
  };

  beforeEach(async () => {
    const fresh = await maker.fresh();
    const telling = tellingWhatIsReadWhole(fresh.log);
    const subject = { ...fresh, log: telling.log };
    readWhole = telling.read;
    const here = await admitted(subject, 'ann', 0, 'dispatcher');
    const chief = await admitted(subject, 'sue', 0, 'supervisor');
    const there = await admitted(subject, 'bob', 1, 'dispatcher');
    const chiefThere = await admitted(subject, 'max', 1, 'supervisor');
    const incident = newEntity('incident');
    const unit = await unitAt(subject, 1);
    at = { subject, here, chief, there, chiefThere, incident, opened: here.append(opening(incident)), unit };
  });

  const facts = async (site: 0 | 1): Promise<readonly FactSeen[]> =>
    factsIn((await at.subject.log.read(at.subject.org, at.subject.sites[site].site, 0, 5_000)).items);
  const folded = (ref: EntityRef): Promise<Folded> =>
    at.subject.log.intake(at.subject.org, async (tx) => {
      const state = (await tx.folded([ref])).get(ref);
      if (!state) throw new Error(`${ref} has to be folded again`);
      return state;
    });

  return {
    begun: () => at,
    signer,
    readWhole: () => readWhole,
    enrolled: (station) => enrolledAt(at.subject, station),
    unitOf: (site) => unitAt(at.subject, site),
    push: async (...made) => {
      const { subject } = at;
      for (const site of subject.sites) {
        const mine = made.filter(({ fact }) => fact.site === site.site);
        if (mine.length === 0) continue;
        const out = await pushFrames(subject.log, keys, world, subject.org, site.site, pushOf(...mine));
        expect(out.problems).toEqual([]);
      }
    },
    pushAtOnce: async (...made) => {
      const { log, org } = at.subject;
      const pushes = await Promise.all(
        made.map((one) => preparePush(log, keys.publicKeys, verifyHere, org, one.fact.site, pushOf(one))),
      );
      await log.intake(org, (tx) => takePushes(tx, pushes, signer, world), undefined, true);
    },
    ids: async (site) => (await facts(site)).map(({ id }) => id),
    types: async (site) => (await facts(site)).map(({ type }) => type),
    holders: (ref) => at.subject.log.intake(at.subject.org, async (tx) => (await tx.sitesOf([ref])).get(ref) ?? []),
    both: () => at.subject.sites.map(({ site }) => site).sort(),
    folded,
    contested: async (ref) => (await folded(ref)).contested,
    foreign: (made) => ({ fact: made.fact.id, reason: OF_ANOTHER_SITE }),
    edit: (by, priority) =>
      by.append({
        type: 'incident.edited',
        about: [at.incident],
        replaces: [at.opened.fact.id],
        body: { priority },
      }),
    note: (by, text, about = at.incident) => by.append({ type: 'incident.noted', about: [about], body: { text } }),
    settle: (by, of, verdict, about = of.fact.about) =>
      by.append({ type: 'fact.settled', about: [...about], body: { fact: of.fact.id, verdict } }),
    send: (of) => ({
      type: 'unit.dispatched',
      about: [at.incident, of, assignmentRef(at.incident, of, 0)],
      body: { code: 'DP', commitments: [at.incident] },
    }),
  };
}

export const factsIn = (items: readonly StreamItem[]): readonly FactSeen[] =>
  items.flatMap((item) => ('frame' in item ? [JSON.parse(item.frame.h) as FactSeen] : []));
