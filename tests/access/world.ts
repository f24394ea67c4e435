/**
 * Two organisations on one center, the first with two sites, each with an incident worked to its end and what it left. At
 * each site somebody of every role, and somebody of every role for the whole organisation.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DEFAULT_POLICY } from '../../domain/identity/policy.ts';
import { type Role, RoleSchema } from '../../domain/kernel/permission.ts';
import { startCenter } from '../../server/center.ts';
import { createBareSite, createOrganisation } from '../../server/kernel/identity/organisations.ts';
import { makePasswords } from '../../server/kernel/identity/passwords/passwords.ts';
import { type IdentityPorts, OPERATOR } from '../../server/kernel/identity/ports.ts';
import { PASSWORD } from '../../server/kernel/identity/testing/identity.ts';
import { pgLog } from '../../server/kernel/intake/pg/log.ts';
import { pushOf, type TestStation, testStation } from '../../server/kernel/intake/testing/station.ts';
import { pgKeyRing } from '../../server/kernel/keys/pg-ring.ts';
import { circumstancesFrom } from '../../server/kernel/organisation/circumstances.ts';
import { openStorage } from '../../server/kernel/storage.ts';
import { takeCall } from '../../server/modules/cad/handoff/testing/floor.ts';
import { quickHash } from '../../server/testing/passwords.ts';
import { migratedDatabase } from '../../server/testing/postgres.ts';
import { workstation } from './workstations.ts';

/** The number that each of its callers can be called back at. */
export const CALLBACK = '415 555 0142';
export const ROLES: readonly Role[] = RoleSchema.options;
export type Where = 'north' | 'south' | 'abroad';

/** A site and what is there. */
export interface Target {
  readonly org: string;
  readonly site: string;
  readonly incident: string;
  readonly report: string;
  readonly chart: string;
  readonly station: string;
  /** Its workstation, which made what is there. */
  readonly console: TestStation;
  /** Somebody who works there, and their session. */
  readonly person: string;
  readonly session: string;
}

export interface Asked {
  readonly status: number;
  readonly text: string;
}

export interface AccessWorld {
  readonly targets: { readonly [W in Where]: Target };
  /** Tokens of somebody of a role: bound to a site, or of the whole organisation of it. */
  readonly token: (where: Where, role: Role, reach: 'bound' | 'whole') => string;
  readonly operator: string;
  readonly ask: (method: string, path: string, body: unknown, token: string | null) => Promise<Asked>;
  readonly sql: (
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly { readonly [column: string]: unknown }[]>;
  readonly routes: readonly string[];
  /** Those that a workstation may call by its own token. */
  readonly ofWorkstations: readonly string[];
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function accessWorld(): Promise<AccessWorld> {
  const { migratorUrl, drop } = await migratedDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'qd-access-'));
  const center = await startCenter({
    dataDir,
    port: 0,
    host: '127.0.0.1',
    databaseUrl: migratorUrl,
    limitsScale: 1_000,
    log: 'silent',
  });
  const { db, masters, secret } = await openStorage(dataDir, migratorUrl);
  const clock = Date.now;
  const random = (length: number): Uint8Array => randomBytes(length);
  const keys = pgKeyRing(db, masters, { clock, random, secret });
  const ports = {
    db,
    keys,
    clock,
    random,
    log: pgLog(db, { keys, clock, random }),
    circumstancesOf: circumstancesFrom(db, clock),
  };
  const ask: AccessWorld['ask'] = async (method, path, body, token) => {
    const response = await fetch(`${center.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const owner = new pg.Client({ connectionString: migratorUrl });
  // One that the server ends tells its next statement.
  owner.on('error', () => undefined);
  await owner.connect();
  const sql: AccessWorld['sql'] = async (text, values = []) => (await owner.query(text, [...values])).rows;
  const passwords = makePasswords();
  const hash = await quickHash(PASSWORD);
  const tokens = new Map<string, string>();

  /** People as the tables keep them; each signs in at the door like anybody. */
  const people = async (org: string, where: string, site: string | null): Promise<void> => {
    for (const role of ROLES) {
      const login = `${role}-${where}`;
      await sql(
        `insert into identity.person (org, id, site, login, name, password, roles, created_at, changed_at)
         values ($1, $2, $3, $4, $4, $5, array[$6], $7, $7)`,
        [org, `p-${org}-${login}`, site, login, hash, role, clock()],
      );
      const { text } = await ask('POST', '/v1/sessions', { user: `${login}@${org}`, password: PASSWORD }, null);
      tokens.set(`${org}|${where}|${role}`, (JSON.parse(text) as { accessToken: string }).accessToken);
    }
  };

  /** An incident that a unit transported from, at a site with its workstation. */
  const worked = async (org: string, where: Where, site: string): Promise<Target> => {
    const [siteKey] = await keys.siteKeys(org, site);
    if (!siteKey) throw new Error('the site has no key');
    const by = `p-${org}-dispatcher-${where}`;
    const session = `s-${where}`;
    const station = `w-${where}`;
    const console = testStation(station, { org, site, siteKey }, { session, by });
    await sql(
      `insert into kernel.device (org, station, site, name, short, key, enrolled_at) values ($1, $2, $3, $2, $4, $5, 1)`,
      [org, station, site, where.slice(0, 3).toUpperCase(), console.publicKey],
    );
    await sql(
      `insert into kernel.standing (org, session, user_id, roles, valid_from) values ($1, $2, $3, '{dispatcher}', 1)`,
      [org, session, by],
    );
    await ports.log.intake(org, async (tx) => {
      const put = (kind: string, id: string, body: object) =>
        tx.putRecord(site, { kind, id, version: 1, body: body as { [field: string]: never } });
      await put('site', site, { name: where, timeZone: 'America/Los_Angeles', waiting: {} });
      await put('roster_unit', `u-${where}`, {
        callsign: `M-${where}`,
        kind: 'ambulance',
        agency: null,
        home: null,
        capabilities: [],
        active: true,
      });
    });
    const call = takeCall(console, `26-${where}`, { callback: CALLBACK });
    call.send(`u-${where}`, Date.now());
    call.status(`u-${where}`, 'onScene', Date.now());
    call.status(`u-${where}`, 'transporting', Date.now(), { destination: { name: 'Mercy' } });
    call.status(`u-${where}`, 'atDestination', Date.now());
    call.status(`u-${where}`, 'available', Date.now(), { commitments: [] });
    const pushed = await (await workstation(center.url, console)).ask('POST', '/v1/sync/push', pushOf(...call.made));
    if (!pushed.text.includes('"problems":[]')) throw new Error(pushed.text);
    const found = await until(async () => {
      const [row] = await sql(
        `select r.id as report, c.id as chart from documents.report r join epcr.chart c on c.org = r.org and c.site = r.site
         where r.org = $1 and r.site = $2`,
        [org, site],
      );
      return row as { readonly report: string; readonly chart: string } | undefined;
    });
    const [own] = await sql('select id from identity.session where org = $1 and person = $2', [org, by]);
    return { org, site, incident: call.id, ...found, station, console, person: by, session: String(own?.id) };
  };

  const at = async (org: string, name: Where): Promise<string> => {
    // The part of identity that makes organisations and sites needs no more than this.
    const identity = { ...ports, passwords, rosterChanged: () => undefined } as unknown as IdentityPorts;
    must(
      await createOrganisation(
        identity,
        { actor: null },
        { org, name: org },
        { policy: DEFAULT_POLICY, reason: 'a test of rights' },
      ),
    );
    return must(await createBareSite(identity, OPERATOR, org, name)).site;
  };
  const sites = {
    north: await at('alpha', 'north'),
    south: await at('alpha', 'south'),
    abroad: await at('beta', 'abroad'),
  };
  await people('alpha', 'whole', null);
  await people('beta', 'whole', null);
  await people('alpha', 'north', sites.north);
  await people('alpha', 'south', sites.south);
  await people('beta', 'abroad', sites.abroad);
  const targets = {
    north: await worked('alpha', 'north', sites.north),
    south: await worked('alpha', 'south', sites.south),
    abroad: await worked('beta', 'abroad', sites.abroad),
  };
  const { text } = await ask('GET', '/openapi.json', undefined, null);
  const { paths } = JSON.parse(text) as {
    paths: { [path: string]: { [method: string]: { readonly security: readonly object[] } } };
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({ name: `${method.toUpperCase()} ${path}`, security })),
  );
  return {
    targets,
    token: (where, role, reach) => {
      const org = targets[where].org;
      return tokens.get(`${org}|${reach === 'whole' ? 'whole' : where}|${role}`) ?? '';
    },
    operator: readFileSync(join(dataDir, 'operator.token'), 'utf8').trim(),
    ask,
    sql,
    routes: routes.map(({ name }) => name),
    ofWorkstations: routes.filter(({ security }) => security.some((of) => 'device' in of)).map(({ name }) => name),
    url: center.url,
    close: async () => {
      await center.close();
      await owner.end();
      await db.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function must<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.refusal.message);
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await ask();
    if (found !== undefined) return found;
    await delay(50);
  }
  throw new Error('Waited in vain for what a run leaves.');
}
