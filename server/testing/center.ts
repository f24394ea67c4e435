/** A real center for tests: a fresh database on the run's PostgreSQL, the demo organisation, and stations enrolled over HTTP. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { Role } from '#domain/kernel/permission.ts';
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { signerOf } from '#sealing/signing.ts';
import { enrolAt } from '../../server-bridge/sync/http-center.ts';
import { createProver, type Prover } from '../../server-bridge/sync/prover.ts';
import { letIn } from '../../tools/start/enrolment.ts';
import type { CenterOptions } from '../assembly/options.ts';
import { startCenter } from '../center.ts';
import { openDataFolder } from '../kernel/data-folder.ts';
import { applicationUrl } from '../kernel/db/application-role.ts';
import { type Database, openDatabase } from '../kernel/db/database.ts';
import { type SiteOfStation, type TestStation, testStation } from '../kernel/intake/testing/station.ts';
import { readKeyFile } from '../kernel/keys/key-file.ts';
import { roleSecret } from '../kernel/storage.ts';
import { DEMO_ADMIN, DEMO_PASSWORD, DEMO_USER } from '../modules/demo/sign-in.ts';
import { quickHash } from './passwords.ts';
import { asMigrator, copiedDatabase, emptyDatabase, serverFolder } from './postgres.ts';

/** Whoever waits is let in by the tests themselves. */
export const LET_IN_WITHIN_MS = 60;
export const MEMBER_PASSWORD = 'tide tables and lanterns';
const random = (length: number): Uint8Array => randomBytes(length);

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly type: string;
  readonly body: T;
  readonly headers: Headers;
}

export interface EnrolledStation extends TestStation {
  readonly token: string;
  readonly push: (input: PushIn) => Promise<Answer<PushOut>>;
}

export interface TestCenter {
  readonly url: string;
  readonly migratorUrl: string;
  readonly dataDir: string;
  readonly adminToken: string;
  readonly site: string;
  readonly call: <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ) => Promise<Answer<T>>;
  /** Invites somebody, who accepts and signs in without a workstation. Returns their access token and id. */
  readonly member: (
    login: string,
    roles: readonly Role[],
    site?: string | null,
  ) => Promise<{ readonly token: string; readonly person: string }>;
  /** The headers of one call with a token; a station's goes with a proof of its key. */
  readonly proven: (method: string, path: string, token: string) => Record<string, string>;
  /** Enrols a workstation; facts are made in the session of the demo's dispatcher at it. */
  readonly enrol: (name: string) => Promise<EnrolledStation>;
  /** Connections as the center's own are, for what no route shows. The role's password stays the one that the center knows. */
  readonly application: () => Promise<Database>;
  readonly close: () => Promise<void>;
}

/** A center of the demo on this machine, in a database that was given. */
const demoOn = (databaseUrl: string, dataDir: string): CenterOptions => ({
  ...{ dataDir, databaseUrl, port: 0, host: '127.0.0.1', demo: true, log: 'silent' },
});

/**
 * Database and data folder of a center that made the demo and was closed. That is done once in a run: of what a start takes,
 * migrations and the passwords of the demo's people are the most. They sign in at each of its copies, by a password that is
 * quickly checked.
 */
async function closedCenter(dataDir: string) {
  const once = join(serverFolder(), 'demo');
  const database = await copiedDatabase('qd_demo', async (url) => {
    rmSync(once, { recursive: true, force: true });
    await (await startCenter(demoOn(url, once))).close();
    const hash = await quickHash(DEMO_PASSWORD);
    await asMigrator({ migratorUrl: url }, (client) =>
      client.query('update identity.person set password = $1', [hash]),
    );
  });
  cpSync(once, dataDir, { recursive: true });
  return database;
}

/** `plainOwner`: of a database that is owned as in `emptyDatabase`, where the center makes everything itself. */
export async function testCenter(
  more: Partial<CenterOptions> = {},
  options: { readonly plainOwner?: boolean } = {},
): Promise<TestCenter> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qd-center-'));
  const { migratorUrl, drop } = await (options.plainOwner ? emptyDatabase(true) : closedCenter(dataDir));
  const center = await startCenter({
    ...demoOn(migratorUrl, dataDir),
    // Tests ask in a second what people ask in an hour.
    limitsScale: 100,
    ...more,
  });
  const provers = new Map<string, Prover>();
  const proven = (method: string, path: string, token: string | undefined): Record<string, string> => {
    const prover = token === undefined ? undefined : provers.get(token);
    if (token === undefined || !prover) return token === undefined ? {} : { authorization: `Bearer ${token}` };
    return { authorization: `DPoP ${token}`, dpop: prover.proof(method, new URL(path, center.url), token) };
  };
  const call: TestCenter['call'] = async (method, path, body, token) => {
    const ask = async (again: boolean): Promise<Response> => {
      const response = await fetch(`${center.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...proven(method, path, token),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      if (token !== undefined) provers.get(token)?.heard(response.headers.get('dpop-nonce') ?? undefined);
      const stale = response.headers.get('www-authenticate')?.includes('use_dpop_nonce') === true;
      return stale && !again ? ask(true) : response;
    };
    const response = await ask(false);
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const answered = type.includes('json') ? JSON.parse(text) : text;
    // What somebody is given at a station is bound to the station's key as well.
    const prover = token === undefined ? undefined : provers.get(token);
    if (prover && typeof answered.accessToken === 'string') provers.set(answered.accessToken, prover);
    return { status: response.status, type, headers: response.headers, body: answered as never };
  };
  const admin = await call<{ accessToken: string }>('POST', '/v1/sessions', {
    user: DEMO_ADMIN,
    password: DEMO_PASSWORD,
  });
  const adminToken = admin.body.accessToken;
  const { sites } = (await call<{ sites: { site: string }[] }>('GET', '/v1/sites', undefined, adminToken)).body;
  const site = sites[0]?.site as string;

  const enrol = async (name: string): Promise<EnrolledStation> => {
    const { code, id } = (
      await call<{ code: string; id: string }>('POST', `/v1/sites/${site}/enrolment-codes`, {}, adminToken)
    ).body;
    // The signing key comes with the station; enrolment needs only its public half, so it is made twice over one key.
    const key = testStation('unnamed', { org: '', site: '', siteKey: { id: '', bytes: new Uint8Array(32) } });
    const signer = signerOf(key.privateKey);
    const onWaiting = (): void => void letIn(center.url, adminToken, id);
    const asked = { code, name, signer, lanAddress: '', clock: Date.now, random, onWaiting, soon: LET_IN_WITHIN_MS };
    const { org, site: of, station, siteKeys } = await enrolAt(center.url, asked);
    const siteKey = siteKeys[0] as { id: string; key: string };
    const where: SiteOfStation = {
      org,
      site: of,
      siteKey: { id: siteKey.id, bytes: Buffer.from(siteKey.key, 'base64url') },
    };
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(station)
      .setSubject(station)
      .setAudience('qd-center')
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .setJti(randomBytes(12).toString('hex'))
      .sign(createPrivateKey({ key: Buffer.from(key.privateKey, 'base64url'), format: 'der', type: 'pkcs8' }));
    const { token } = (await call<{ token: string }>('POST', '/v1/devices/token', { assertion })).body;
    provers.set(token, createProver(signer, Date.now, random));
    const session = await call<{ session: string; user: string }>(
      'POST',
      '/v1/sessions',
      { user: DEMO_USER, password: DEMO_PASSWORD, position: 'P1' },
      token,
    );
    const made = testStation(station, where, {
      session: session.body.session,
      by: session.body.user,
      privateKey: key.privateKey,
    });
    return { ...made, token, push: (input) => call<PushOut>('POST', '/v1/sync/push', input, token) };
  };

  const member: TestCenter['member'] = async (login, roles, of = null) => {
    const invited = await call<{ code: string }>(
      'POST',
      '/v1/invitations',
      { login, name: `Name of ${login}`, roles, site: of },
      adminToken,
    );
    const accepted = await call<{ person: string; user: string }>('POST', '/v1/invitations/accept', {
      code: invited.body.code,
      password: MEMBER_PASSWORD,
    });
    const { person, user } = accepted.body;
    const session = await call<{ accessToken: string }>('POST', '/v1/sessions', { user, password: MEMBER_PASSWORD });
    return { token: session.body.accessToken, person };
  };

  return {
    url: center.url,
    migratorUrl,
    dataDir,
    adminToken,
    site,
    call,
    member,
    proven,
    enrol,
    application: async () => {
      const secret = await readKeyFile(openDataFolder(dataDir).secret, null);
      return openDatabase(await applicationUrl(migratorUrl, roleSecret(secret)));
    },
    close: async () => {
      await center.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
