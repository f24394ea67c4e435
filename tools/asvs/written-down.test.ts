/** docs/security/practices.md says what is so: formats, circumstances, cryptography, connections, long work, libraries. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CALLS } from '../../domain/bridge/calls.ts';
import { LocationOnEarthSchema, PrioritySchema } from '../../domain/cad/facts.ts';
import { RosterUnitSchema } from '../../domain/cad/roster.ts';
import { StatusCodeSchema } from '../../domain/cad/status.ts';
import { createConsole } from '../../domain/cad/testing/memory-world.ts';
import { act } from '../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../domain/cad/testing/roster.ts';
import { CodeSchema } from '../../domain/identity/api/mfa.ts';
import { InvitationInSchema, LoginSchema, PasswordSchema, ResetInSchema } from '../../domain/identity/api/people.ts';
import { SECURITY_KINDS } from '../../domain/identity/detection.ts';
import { DEFAULT_POLICY } from '../../domain/identity/policy.ts';
import { STEP_UP_MS } from '../../domain/kernel/action.ts';
import { EntityRefSchema, FrameSchema } from '../../domain/kernel/fact.ts';
import { openDatabase } from '../../server/kernel/db/database.ts';
import { openRedis } from '../../server/kernel/redis.ts';
import { objectionTo } from '../../server-bridge/bridge/text.ts';
import { codesIn, constant, found, number, numbers, partOf, readPage, rowsOf, sources } from '../testing/written.ts';

const page = readPage('docs/security/practices.md');
const SERVER = sources('server');
const HOUSES = ['domain', 'sealing', 'server', 'server-bridge', 'renderer', 'electron', 'preload'].flatMap(sources);
const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
const row = (title: string, name: string): readonly string[] => {
  const one = rowsOf(page, title).find(([first]) => first === name);
  if (one === undefined) throw new Error(`${title} has no row ${name}`);
  return one;
};

describe('the page of practices', () => {
  it('has the formats that are asked for, with what is taken and what is not (ASVS 2.1.1)', () => {
    const command = (line: string): boolean =>
      takes(CALLS['command.run'].input, { line, selected: null }) && objectionTo({ line }) === null;
    const signature = (length: number): boolean => takes(FrameSchema.shape.s, 'A'.repeat(length));
    const at = (time: unknown): boolean => takes(CALLS['time.record'].input, { of: 'a:b', element: 'onScene', time });
    const checks: { readonly [what: string]: (text: string) => boolean } = {
      'user name': (text) => takes(LoginSchema, text),
      password: (text) => takes(PasswordSchema, text === 'nothing' ? '' : text),
      'e-mail': (text) => takes(InvitationInSchema.shape.email, text),
      'one-time code': (text) => takes(ResetInSchema.shape.code, text),
      'second factor': (text) => takes(CodeSchema, text),
      priority: (text) => takes(PrioritySchema, text),
      callsign: (text) => takes(RosterUnitSchema.shape.callsign, text),
      coordinates: (text) => takes(LocationOnEarthSchema, text.split(', ').map(Number)),
      colour: (text) => takes(StatusCodeSchema.shape.dayColour, text),
      entity: (text) => takes(EntityRefSchema, text),
      signature: (text) => signature(number(/\d+ characters/.exec(text)?.[0])),
      time: (text) => at(Number(text)),
      'text of a command': (text) => command(text.startsWith('with') ? 'AV\u0007M36' : text),
    };
    expect(rowsOf(page, 'Formats').map(([what]) => what)).toEqual(Object.keys(checks));
    for (const [what = '', , such = '', not = ''] of rowsOf(page, 'Formats')) {
      const plain = (cell: string): string =>
        what === 'signature' || !cell.includes('`') ? cell : (codesIn(cell)[0] as string);
      expect([what, checks[what]?.(plain(such)), checks[what]?.(plain(not))]).toEqual([what, true, false]);
    }
  });

  it('has what has to fit together, and each is refused where it does not (ASVS 2.1.2, 2.2.3)', () => {
    const at = createConsole('k', TEST_ROSTER);
    for (const text of ['1 Elm', '2 Elm'])
      act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
    act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
    act('unit.status', { unit: 'm36', code: 'ER' }, at);
    const [run = ''] = at.world.assignmentsOfUnit('unit:m36');
    const tried = [
      act('incident.link', { incident: 'k1', other: 'k1', linked: true }, at),
      act('incident.merge', { incident: 'k1', into: 'k1', merged: true }, at),
      act('incident.merge', { incident: 'k1', into: 'k1', merged: false }, at),
      act('unit.swap', { unit: 'm36', with: 'm36' }, at),
      act('unit.cancel', { unit: 'm14' }, at),
      act('unit.status', { unit: 'm36', code: 'ZZ' }, at),
      act('unit.status', { unit: 'm36', code: 'TR' }, at),
      act('unit.status', { unit: 'm14', code: 'OOS' }, at),
      act('unit.status', { unit: 'm14', code: 'PO' }, at),
      act('time.record', { of: run, element: 'enRoute', time: 1 }, at),
      act('unit.dispatch', { incident: 'k2', units: ['m36'] }, at),
      act('unit.dispatch', { incident: 'another', units: ['m36'] }, at),
      act('unit.dispatch', { incident: 'k2', units: ['another'] }, at),
      act('time.record', { of: 'incident:another', element: 'enRoute', time: 1 }, at),
      act('incident.close', { incident: 'k1', disposition: 'Transported' }, at),
      act('incident.close', { incident: 'k2', disposition: 'Transported' }, at),
      act('incident.hold', { incident: 'k2', held: true, reason: 'r' }, at),
    ];
    const refusals = new Set(tried.flatMap((one) => (one.ok ? [] : [one.refusal.code])));
    const written = rowsOf(page, 'What has to fit together').flatMap(([, by = '']) => codesIn(by));
    expect([...refusals].sort()).toEqual([...new Set(written)].sort());
  });

  it('has what is looked at besides who asks, from where it counts, and what comes of it (ASVS 8.1.4)', () => {
    const detection = 'domain/identity/detection.ts';
    const of = (name: string): number => constant(HOUSES, detection, name);
    const from = (name: string): readonly number[] => numbers(row('Circumstances', name)[1]);
    const minutes = 60_000;
    expect(from('many accounts tried from one address')).toEqual([
      of('SPRAYED_ACCOUNTS'),
      of('SPRAYING_WINDOW') / minutes,
    ]);
    expect(from('two places of one person')).toEqual([of('NEAR') / 1_000, of('FASTEST')]);
    expect(from('charts and reports read in an hour')).toEqual([of('MANY_CHARTS'), of('BEYOND_THEIR_MOST')]);
    expect(from('incidents opened at the center in an hour')).toEqual([of('MANY_INCIDENTS'), of('BEYOND_THEIR_MOST')]);
    expect(from('an hour of the day')).toEqual([of('KNOWN_BY'), of('KNOWN_DAYS')]);
    expect(from('how long ago the person proved who they are')).toEqual([STEP_UP_MS / minutes]);
    const { tries, windowMinutes, pauseMinutes } = DEFAULT_POLICY.lockout;
    expect(from('wrong passwords of one account')).toEqual([tries, windowMinutes]);
    expect(numbers(row('Circumstances', 'wrong passwords of one account')[2])).toEqual([pauseMinutes]);
    expect(from('minutes without a key or pointer')).toEqual([DEFAULT_POLICY.idleLockMinutes]);
    const events = rowsOf(page, 'Circumstances').flatMap(([, , then = '']) => codesIn(then));
    const told = partOf(page, 'What decides whether somebody may');
    for (const event of events) expect([event in SECURITY_KINDS, told.includes(event)]).toEqual([true, true]);
  });

  it('has every file that calls on cryptography (ASVS 11.1.3)', () => {
    const calls =
      /['"](node:crypto|node:tls|jose|otpauth|openid-client|sodium-native|@node-rs\/argon2|@simplewebauthn\/\w+|@aws-sdk\/client-kms)['"]|crypto\.subtle|getRandomValues|randomUUID|cipher='sqlcipher'/;
    const calling = HOUSES.filter(({ text }) => calls.test(text)).map(({ file }) => file);
    expect(calling.length).toBeGreaterThan(40);
    const written = rowsOf(page, 'Where cryptography is done').flatMap(([where = '']) => codesIn(where));
    expect([...written].sort()).toEqual([...calling].sort());
  });

  it('has the way on for every algorithm, and a version wherever something is signed or derived (ASVS 11.1.4)', () => {
    const used = new Set(rowsOf(page, 'Cryptography').flatMap(([, by = '']) => codesIn(by)));
    const rows = rowsOf(page, 'When an algorithm falls');
    expect(rows.flatMap(([algorithm = '']) => codesIn(algorithm)).sort()).toEqual([...used].sort());
    for (const [algorithm, , on] of rows) expect(on, algorithm).not.toBe('');
    const purposes = found(HOUSES, /[`'](qd\.[^`'$\s]*?)\|/g);
    expect(purposes.length).toBeGreaterThan(20);
    expect(purposes.filter((purpose) => !/^qd\.[\w.]+\.\d+$/.test(purpose) && purpose !== 'qd.salt')).toEqual([]);
  });

  it('has how many connections there may be, what happens then, and how long is waited (ASVS 13.1.2, 13.1.3)', () => {
    const of = (file: string, name: string): number => constant(SERVER, file, name);
    const cells = (name: string) => row('Connections', name).slice(1).map(numbers);
    expect(cells('PostgreSQL, for facts')[0]).toEqual([of('server/assembly/ground.ts', 'EMERGENCY_CONNECTIONS')]);
    expect(cells('PostgreSQL, for keys')[0]).toEqual([of('server/assembly/ground.ts', 'KEY_CONNECTIONS')]);
    const counters = 'server/kernel/limits/counters.ts';
    expect(cells('the store of the limits').slice(2)).toEqual([
      [of(counters, 'PATIENCE_MS')],
      [of(counters, 'PAUSE_MS')],
    ]);
    expect(cells('Vault')[2]).toEqual([of('server/kernel/keys/master-vault.ts', 'PATIENCE_MS')]);
    expect(cells('AWS KMS')[3]?.[0]).toBe(of('server/kernel/keys/master-kms.ts', 'maxAttempts'));
    expect(cells('the OpenID Connect provider')[2]).toEqual([
      of('server/kernel/identity/sso/provider.ts', 'TIMEOUT_S'),
    ]);
    expect(cells('`api.postmarkapp.com`')[2]).toEqual([of('server/modules/webhooks/confirm.ts', 'PATIENCE_MS')]);
    const callers = cells('callers, from one address');
    const http = 'server/kernel/http/server.ts';
    expect(callers[0]).toEqual([of('server/kernel/http/connections.ts', 'MOST_OF_ONE')]);
    expect(callers[2]).toEqual([of(http, 'headersTimeout'), of(http, 'requestTimeout')]);
    expect(cells('live channels, from one address')[0]).toEqual([of('server/assembly/channel.ts', 'MOST_CHANNELS')]);
    for (const [to, ...rest] of rowsOf(page, 'Connections')) expect(rest, to).not.toContain('');
  });

  it('is followed by the connections to PostgreSQL and Redis as they are made (ASVS 13.2.6)', async () => {
    const db = openDatabase('postgres://nobody@127.0.0.1:1/none');
    const facts = db.reserve(constant(SERVER, 'server/assembly/ground.ts', 'EMERGENCY_CONNECTIONS'));
    const redis = openRedis('redis://127.0.0.1:1');
    try {
      expect(db.pool.options.max).toBe(number(row('Connections', 'PostgreSQL, for everything else')[1]));
      expect(facts.pool.options.max).toBe(number(row('Connections', 'PostgreSQL, for facts')[1]));
      expect(facts.pool).not.toBe(db.pool);
      const [, , , waits = '', again = ''] = row('Connections', 'Redis');
      const { commandTimeout, connectTimeout, maxRetriesPerRequest, enableOfflineQueue, retryStrategy } = redis.options;
      expect([commandTimeout, connectTimeout]).toEqual(numbers(waits));
      expect([maxRetriesPerRequest, retryStrategy?.(1), retryStrategy?.(1_000_000)]).toEqual(numbers(again));
      expect(enableOfflineQueue).toBe(false);
      // Where nobody listens, whoever asks hears so within what is written, and the process goes on.
      const began = performance.now();
      await expect(redis.get(randomBytes(8).toString('hex'))).rejects.toThrow();
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      redis.disconnect();
      await Promise.all([facts.close(), db.close()]);
    }
  });

  it('has what takes long, its bound, and what happens beyond (ASVS 15.1.3)', () => {
    const of = (file: string, name: string): number => constant(SERVER, file, name);
    const bound = (name: string): readonly number[] => numbers(row('Work that takes long', name)[1]);
    const passwords = 'server/kernel/identity/passwords/passwords.ts';
    expect(bound('checking a password')).toEqual([of(passwords, 'AT_ONCE'), of(passwords, 'MOST_WAITING')]);
    expect(SERVER.find(({ file }) => file === 'server/kernel/intake/verifiers.ts')?.text).toContain(
      `Math.min(${bound('checking signatures of facts')[0]}, availableParallelism() - 1)`,
    );
    expect(bound('bodies')[0]).toBe(of('server/kernel/http/server.ts', 'BODY_LIMIT') / 1024);
    for (const [what, ...rest] of rowsOf(page, 'Work that takes long')) expect(rest, what).not.toContain('');
  });

  it('has the libraries that are risky, and within what time a hole in one is mended (ASVS 15.1.1, 15.1.4)', () => {
    const packages = (JSON.parse(readPage('package.json')) as { dependencies: { [name: string]: string } })
      .dependencies;
    const rows = rowsOf(page, 'Risky libraries');
    const risky = rows.flatMap(([library = '']) => codesIn(library));
    expect(risky.filter((name) => packages[name] === undefined)).toEqual([]);
    for (const [library, why, around] of rows) expect([why, around], library).not.toContain('');
    type Locked = { optionalDependencies?: { [name: string]: string }; hasInstallScript?: boolean };
    const lock = (JSON.parse(readPage('package-lock.json')) as { packages: { [path: string]: Locked } }).packages;
    const brings = (name: string): boolean =>
      readPage(`node_modules/${name}/package.json`).match(/"(gypfile|binary|napi)"\s*:|node-gyp-build|prebuild/) !==
        null ||
      Object.keys(lock[`node_modules/${name}`]?.optionalDependencies ?? {}).some((one) => /linux-x64/.test(one));
    const native = Object.keys(packages).filter(brings);
    expect(native.length).toBeGreaterThan(3);
    expect(native.filter((name) => !risky.includes(name))).toEqual([]);
    expect(numbers(partOf(page, 'Libraries'))).toEqual([7, 30, 90]);
  });
});
