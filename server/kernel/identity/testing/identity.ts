/** Identity over a real database, with a clock that a test moves. */
import { randomBytes } from 'node:crypto';
import type { SecurityKind } from '#domain/identity/detection.ts';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import { compareCodeOf } from '#sealing/compare.ts';
import { thumbprintOf } from '#sealing/dpop.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import { quickHash } from '../../../testing/passwords.ts';
import { type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { pgLog, type StoredLog } from '../../intake/pg/log.ts';
import { makeCounters } from '../../limits/counters.ts';
import { type CircumstancesOf, circumstancesFrom } from '../../organisation/circumstances.ts';
import { approveEnrolment, waitingOf } from '../devices/approval.ts';
import { tokenForDevice } from '../devices/devices.ts';
import { enrol, issueEnrolmentCode } from '../devices/enrolment.ts';
import { makeLimits } from '../limits.ts';
import { createBareSite, createOrganisation } from '../organisations.ts';
import { makePasswords, type Passwords } from '../passwords/passwords.ts';
import { createPerson } from '../people/people.ts';
import { type IdentityPorts, OPERATOR } from '../ports.ts';
import type { DeviceBearer } from '../tokens/tokens.ts';

export const PASSWORD = 'tide tables and lanterns';

export interface IdentityWorld {
  readonly database: TestDatabase;
  readonly ports: IdentityPorts;
  readonly circumstancesOf: CircumstancesOf;
  readonly log: StoredLog;
  readonly time: { now: number };
  /** Sites whose rosters were said to have changed. */
  readonly rosters: string[];
  /** Sessions that were said to have been ended. */
  readonly ended: string[];
  /** Kinds of security events that were counted. */
  readonly counted: SecurityKind[];
  readonly close: () => Promise<void>;
}

/** Passwords that are checked as the product does, and quickly where they were kept here. */
const QUICK: Passwords = { ...makePasswords(), hash: quickHash };

/** `passwords`: the product's own, where what it costs to check one is looked at. */
export async function identityWorld(passwords = QUICK): Promise<IdentityWorld> {
  const database = await testDatabase();
  const time = { now: Date.now() };
  const clock = (): number => time.now;
  const random = (length: number): Uint8Array => randomBytes(length);
  const rosters: string[] = [];
  const ended: string[] = [];
  const counted: SecurityKind[] = [];
  const log = pgLog(database.db, { keys: database.keys, clock, random });
  const ports: IdentityPorts = {
    db: database.db,
    keys: database.keys,
    log,
    clock,
    random,
    eventRaised: (kind) => counted.push(kind),
    rosterChanged: (_org, site) => rosters.push(site),
    sessionsEnded: (_org, sessions) => ended.push(...sessions.map(({ session }) => session)),
    publicUrl: () => 'http://localhost:8420',
    sessionChanged: () => undefined,
    passwords,
    limits: makeLimits(makeCounters({ redis: null, pool: database.db.pool, clock: Date.now, onAway: () => undefined })),
  };
  const circumstancesOf = circumstancesFrom(database.db, clock);
  return { database, ports, circumstancesOf, log, time, rosters, ended, counted, close: database.close };
}

export function must<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.refusal.message);
}

/** How an answer ended: `ok`, or the code of its refusal. */
export const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.refusal.code);

/** Nobody is asked for a second factor where a test is about something else. */
const FIRST_POLICY = { policy: DEFAULT_POLICY, reason: 'a test of something else' };

/** An organisation with one site. */
export async function organisationWithSite(world: IdentityWorld, org: string): Promise<string> {
  must(await createOrganisation(world.ports, OPERATOR, { org, name: org }, FIRST_POLICY));
  return must(await createBareSite(world.ports, OPERATOR, org, `${org} center`)).site;
}

export async function person(
  world: IdentityWorld,
  org: string,
  login: string,
  roles: Parameters<typeof createPerson>[3]['roles'],
  site: string | null = null,
): Promise<string> {
  const input = { login, name: `Name of ${login}`, password: PASSWORD, roles, site };
  return must(await createPerson(world.ports, OPERATOR, org, input)).person;
}

export interface Workstation extends DeviceBearer {
  readonly signer: Signer;
  readonly short: string;
}

export async function workstation(
  world: IdentityWorld,
  org: string,
  site: string,
  name = 'Seat 1',
  deviceKey = newSigningKey(),
): Promise<Workstation> {
  const { code } = must(await issueEnrolmentCode(world.ports, OPERATOR, org, site));
  const signer = signerOf(deviceKey);
  const ask = (): ReturnType<typeof enrol> => enrol(world.ports, asking(world, signer, { code, name }), '10.0.0.7');
  const { compare } = must(await ask()) as { compare: string };
  const waiting = (await waitingOf(world.ports, org)).find((of) => of.compare === compare);
  must(await approveEnrolment(world.ports, OPERATOR, org, waiting?.id ?? '', await compareCodeOf(signer.publicKey)));
  const out = must(await ask());
  if (out.state !== 'enrolled') throw new Error('an approved workstation still waits');
  const { station, short } = out;
  return { kind: 'device', org, site, station, jkt: thumbprintOf(signer.publicKey), signer, short };
}

/** What a workstation asks with, proven by its key each time anew. */
export function asking(
  world: IdentityWorld,
  signer: Signer,
  { code, name = 'Seat' }: { readonly code: string; readonly name?: string },
): Parameters<typeof enrol>[1] {
  const deviceKey = signer.publicKey;
  const proof = assertion({ station: deviceKey, signer }, world.time.now);
  return { code, name, deviceKey, lanAddress: '127.0.0.1:7000', proof };
}

/** An assertion as a station makes it. */
export function assertion(
  from: { readonly station: string; readonly signer: Signer },
  now: number,
  change: { readonly [claim: string]: unknown } = {},
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: from.station,
    sub: from.station,
    aud: 'qd-center',
    iat,
    exp: iat + 60,
    jti: randomBytes(12).toString('base64url'),
    ...change,
  };
  const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${from.signer.sign(text)}`;
}

export async function tokenOf(world: IdentityWorld, from: Workstation): Promise<string> {
  return must(await tokenForDevice(world.ports, assertion(from, world.time.now))).token;
}
