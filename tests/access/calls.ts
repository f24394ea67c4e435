/** For every call of the matrix about people: what is sent, to what of a target's, and what shows that it was its rows. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { PASSWORD } from '../../server/kernel/identity/testing/identity.ts';
import { KEYS } from '../../server/modules/webhooks/testing/deliveries.ts';
import { type Call, get, list, post } from './call.ts';
import { CHART_CALLS } from './chart-calls.ts';
import { KEEPING_CALLS } from './keeping-calls.ts';
import { type AccessWorld, CALLBACK, type Target } from './world.ts';

/** A person of the target's whom something is done to: another each time, so that what one call did is nothing to the next. */
async function somebody(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into identity.person (org, id, site, login, name, password, roles, created_at, changed_at)
     values ($1, $2, $3, $2, 'Somebody', 'none', '{provider}', 1, 1)`,
    [target.org, id, target.site],
  );
  return id;
}

/** A session of a person that nobody uses. */
async function idleSession(target: Target, person: string, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  const later = Date.now() + 3_600_000;
  await sql(
    `insert into identity.session (org, id, person, roles, started_at, refreshed_at, expires_at)
     values ($1, $2, $3, '{provider}', 1, 1, $4)`,
    [target.org, id, person, later],
  );
  return id;
}

const toSomebody =
  (action: string, body: unknown): Call =>
  async (target, world) => ({ path: `/v1/people/${await somebody(target, world)}/${action}`, body });

async function event(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into security.event (org, id, kind, subject, first_at, last_at, evidence) values ($1, $2, 'odd hours', $2, 1, 1, '{}')`,
    [target.org, id],
  );
  return id;
}

async function webhook(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into webhooks.endpoint (org, id, provider, name, keys, created_at) values ($1, $2, 'lob', 'X', '\\x00', 1)`,
    [target.org, id],
  );
  return id;
}

async function station(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into kernel.device (org, station, site, name, short, key, enrolled_at) values ($1, $2, $3, 'X', 'XXX', 'x', 1)`,
    [target.org, id, target.site],
  );
  return id;
}

/** A workstation that waits to be let in. */
async function waiting(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  const later = Date.now() + 3_600_000;
  await sql(
    `insert into identity.enrolment_code (org, id, site, hash, made_at, expires_at, used_at) values ($1, $2, $3, $2, 1, $4, 1)`,
    [target.org, id, target.site, later],
  );
  const { publicKey } = signerOf(newSigningKey());
  await sql(
    `insert into identity.enrolment (org, id, site, code, name, key, compare, asked_at, expires_at)
     values ($1, $2, $3, $2, 'X', $4, 'KX4-72Q', $5, $6)`,
    [target.org, id, target.site, publicKey, Date.now(), later],
  );
  return id;
}

async function invitation(target: Target, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into identity.invitation (org, id, login, name, roles, site, hash, made_at, expires_at)
     values ($1, $2, $2, 'X', '{provider}', $3, $2, 1, $4)`,
    [target.org, id, target.site, Date.now() + 3_600_000],
  );
  return id;
}

/** The number to call back that every incident of the world has; the target's is found by it once its search tag is made. */
async function searchable(target: Target, { sql }: AccessWorld): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const rows = await sql('select from cad.callback_index where org = $1 and incident = $2', [
      target.org,
      target.incident,
    ]);
    if (rows.length > 0) return CALLBACK;
    await delay(50);
  }
  throw new Error('the incident never came to be searched');
}

export const CALLS: { readonly [call: string]: Call } = {
  ...KEEPING_CALLS,
  ...CHART_CALLS,
  'GET /v1/entities/{kind}#incident': list('incident', (at) => at.incident),
  'GET /v1/entities/{kind}#unit': list('unit', (at) => at.station.replace('w-', 'u-')),
  'GET /v1/entities/{kind}#assignment': list('assignment', (at) => at.incident),
  'GET /v1/entities/{kind}#site': list('site', (at) => at.site),
  'GET /v1/entities/{kind}#roster_unit': list('roster_unit', (at) => at.station.replace('w-', 'u-')),
  'GET /v1/entities/{kind}#run': list('run', (at) => at.incident),
  'GET /v1/entities/{kind}#trip': list('trip', (at) => at.incident),
  'GET /v1/entities/{kind}#report': list('report', (at) => at.report),
  'GET /v1/entities/{kind}/{id}#incident': get(
    (at) => `/v1/entities/incident/${at.incident}`,
    (at) => at.incident,
  ),
  'GET /v1/facts': get(
    (at) => `/v1/facts?entity=incident:${at.incident}`,
    () => 'incident.opened',
  ),
  'GET /v1/documents/{id}': get(
    (at) => `/v1/documents/${at.report}`,
    () => '%PDF',
  ),
  'GET /v1/incidents/{incident}/report': get(
    (at) => `/v1/incidents/${at.incident}/report`,
    () => '%PDF',
  ),
  'POST /v1/requests': () => {
    const body = { code: randomUUID().slice(0, 8), text: 'X' };
    const input = { kind: 'disposition', id: randomUUID(), version: 0, body };
    const request = { id: randomUUID(), kind: 'record.put', madeAt: Date.now(), by: null, session: null, input };
    return { path: '/v1/requests', body: request, shows: '"state":"accepted"' };
  },
  'GET /v1/me': (_target, _world, as) => ({ path: '/v1/me', shows: as }),
  'GET /v1/me/sessions': () => ({ path: '/v1/me/sessions', shows: '"sessions":[{' }),
  'GET /v1/me/notices': () => ({ path: '/v1/me/notices', shows: '"notices":[' }),
  'POST /v1/me/notices/seen': () => ({ path: '/v1/me/notices/seen', body: { upTo: 0 } }),
  'GET /v1/web/session': (_target, _world, as) => ({ path: '/v1/web/session', shows: as }),
  'POST /v1/me/password': () => ({ path: '/v1/me/password', body: { old: PASSWORD, new: PASSWORD } }),
  'POST /v1/me/sessions/revoke': () => ({ path: '/v1/me/sessions/revoke', body: {} }),
  'POST /v1/me/sessions/{session}/revoke': async (target, world, as) => ({
    path: `/v1/me/sessions/${await idleSession(target, `p-${target.org}-${as}`, world)}/revoke`,
    body: {},
  }),
  'GET /v1/me/second-factors': get(() => '/v1/me/second-factors'),
  'POST /v1/me/totp': post(() => '/v1/me/totp', {}),
  'POST /v1/me/totp/confirm': post(() => '/v1/me/totp/confirm', { code: '000000' }),
  'DELETE /v1/me/totp': get(() => '/v1/me/totp'),
  'POST /v1/me/passkeys/options': post(() => '/v1/me/passkeys/options', {}),
  'POST /v1/me/passkeys': post(() => '/v1/me/passkeys', {}),
  'POST /v1/me/passkeys/{id}/name': post(() => '/v1/me/passkeys/none/name', { name: 'X' }),
  'DELETE /v1/me/passkeys/{id}': get(() => '/v1/me/passkeys/none'),
  'POST /v1/me/recovery-codes': post(() => '/v1/me/recovery-codes', {}),
  'POST /v1/me/step-up/options': post(() => '/v1/me/step-up/options', {}),
  'POST /v1/me/step-up': post(() => '/v1/me/step-up', { password: PASSWORD }),
  'POST /v1/people/{person}/second-factors/reset': toSomebody('second-factors/reset', {}),
  'POST /v1/people/{person}/provider/unlink': toSomebody('provider/unlink', {}),
  'GET /v1/sites': get(
    () => '/v1/sites',
    (at) => at.site,
  ),
  'POST /v1/sites': () => ({
    path: '/v1/sites',
    body: { name: randomUUID(), timeZone: 'America/Denver', admin: { user: `a${randomUUID().slice(0, 8)}` } },
  }),
  'POST /v1/sites/{site}/enrolment-codes': post((at) => `/v1/sites/${at.site}/enrolment-codes`, {}),
  'POST /v1/sites/{site}/records': ({ site }) => ({
    path: `/v1/sites/${site}/records`,
    body: { records: [{ kind: 'position', id: randomUUID(), version: 0, body: { name: 'Seat', covers: '' } }] },
  }),
  'GET /v1/devices': get(
    () => '/v1/devices',
    (at) => `"${at.station}"`,
  ),
  'POST /v1/devices/{station}/revoke': async (target, world) => ({
    path: `/v1/devices/${await station(target, world)}/revoke`,
    body: {},
  }),
  'GET /v1/enrolments': async (target, world) => ({ path: '/v1/enrolments', shows: await waiting(target, world) }),
  'POST /v1/enrolments/{id}/approve': async (target, world) => ({
    path: `/v1/enrolments/${await waiting(target, world)}/approve`,
    body: { compare: 'KX4-72Q' },
  }),
  'POST /v1/enrolments/{id}/refuse': async (target, world) => ({
    path: `/v1/enrolments/${await waiting(target, world)}/refuse`,
    body: {},
  }),
  'GET /v1/people': get(
    () => '/v1/people',
    (at) => `"${at.person}"`,
  ),
  'POST /v1/people/{person}/change': toSomebody('change', { name: 'Somebody else' }),
  'POST /v1/people/{person}/unlock': toSomebody('unlock', {}),
  'POST /v1/people/{person}/reset': toSomebody('reset', {}),
  'GET /v1/people/{person}/sessions': get(
    (at) => `/v1/people/${at.person}/sessions`,
    (at) => at.session,
  ),
  'POST /v1/people/{person}/sessions/revoke': toSomebody('sessions/revoke', {}),
  'POST /v1/people/{person}/sessions/{session}/revoke': async (target, world) => {
    const person = await somebody(target, world);
    return { path: `/v1/people/${person}/sessions/${await idleSession(target, person, world)}/revoke`, body: {} };
  },
  'GET /v1/invitations': async (target, world) => ({ path: '/v1/invitations', shows: await invitation(target, world) }),
  'POST /v1/invitations': (target) => ({
    path: '/v1/invitations',
    body: { login: `i${randomUUID().slice(0, 12)}`, name: 'Invited', roles: ['provider'], site: target.site },
  }),
  'POST /v1/invitations/{invitation}/revoke': async (target, world) => ({
    path: `/v1/invitations/${await invitation(target, world)}/revoke`,
    body: {},
  }),
  'GET /v1/organisation': get(
    () => '/v1/organisation',
    (at) => `"org":"${at.org}"`,
  ),
  'GET /v1/organisation/policy': get(
    () => '/v1/organisation/policy',
    () => 'lockout',
  ),
  'PUT /v1/organisation/policy': async ({ org }, { sql }) => {
    const [row] = await sql('select version from identity.policy where org = $1', [org]);
    const body = { policy: { idleLockMinutes: 20 }, version: Number(row?.version ?? 0), reason: 'a test' };
    return { path: '/v1/organisation/policy', body };
  },
  'GET /v1/sso': get(() => '/v1/sso'),
  'PUT /v1/sso': post(() => '/v1/sso', {
    ...{ on: false, issuer: 'http://nowhere.example', clientId: 'x', groups: [], changedAt: null },
  }),
  'DELETE /v1/sso': get(() => '/v1/sso'),
  'GET /v1/modules': get(
    () => '/v1/modules',
    () => '"billing"',
  ),
  'POST /v1/modules/{module}': post(() => '/v1/modules/billing', { on: true, reason: 'in use' }),
  'GET /v1/permissions': get(
    () => '/v1/permissions',
    () => 'people.change',
  ),
  'POST /v1/permissions/{permission}/restriction': post(() => '/v1/permissions/disposition.write/restriction', {
    role: 'admin',
    withheld: false,
    reason: 'a test',
  }),
  'GET /v1/permissions/why': get(
    (at) => `/v1/permissions/why?person=${at.person}&permission=chart.read`,
    () => 'role@1',
  ),
  'GET /v1/status': get(
    () => '/v1/status',
    () => 'databaseMs',
  ),
  'GET /v1/security/events': async (target, world) => ({
    path: '/v1/security/events',
    shows: await event(target, world),
  }),
  'POST /v1/security/events/{event}/take': async (target, world) => ({
    path: `/v1/security/events/${await event(target, world)}/take`,
    body: {},
  }),
  'POST /v1/security/events/{event}/close': async (target, world) => ({
    path: `/v1/security/events/${await event(target, world)}/close`,
    body: { resolution: 'harmless', note: 'a test' },
  }),
  'GET /v1/audit/entries': get(
    () => '/v1/audit/entries',
    (at) => `p-${at.org}-`,
  ),
  'GET /v1/audit/export': get(
    () => '/v1/audit/export',
    (at) => at.org,
  ),
  'GET /v1/audit/retention': get(() => '/v1/audit/retention'),
  'PUT /v1/audit/retention': post(() => '/v1/audit/retention', { years: 6 }),
  'GET /v1/keys': get(() => '/v1/keys'),
  'POST /v1/keys/{level}/rotate': post(() => '/v1/keys/master/rotate', {}),
  'POST /v1/entities/incident/search': async (target, world) => ({
    path: '/v1/entities/incident/search',
    body: { callback: await searchable(target, world), limit: 100 },
    shows: target.incident,
  }),
  'GET /v1/audit/verification': get(
    () => '/v1/audit/verification',
    () => '"brokenAt":null',
  ),
  'GET /v1/rows/verification': get(
    () => '/v1/rows/verification',
    () => '"different":[]',
  ),
  'GET /v1/webhooks': async (target, world) => ({ path: '/v1/webhooks', shows: await webhook(target, world) }),
  'POST /v1/webhooks': post(() => '/v1/webhooks', { name: 'X', keys: KEYS.lob }),
  'POST /v1/webhooks/{webhook}/keys': async (target, world) => ({
    path: `/v1/webhooks/${await webhook(target, world)}/keys`,
    body: KEYS.lob,
  }),
  'POST /v1/webhooks/{webhook}/retire': async (target, world) => ({
    path: `/v1/webhooks/${await webhook(target, world)}/retire`,
    body: {},
  }),
  'GET /v1/webhooks/receipts': async (target, { sql }) => {
    const id = `x-${randomUUID()}`;
    const endpoint = await webhook(target, { sql } as AccessWorld);
    await sql(
      `insert into webhooks.receipt (org, id, endpoint, event, kind, digest, body, bytes, received_at)
       values ($1, $2, $3, $2, 'x', 'x', '\\x00', 1, $4)`,
      [target.org, id, endpoint, Date.now()],
    );
    return { path: '/v1/webhooks/receipts', shows: id };
  },
};
