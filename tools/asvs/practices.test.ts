/** docs/security/practices.md says what is so: each of its tables against the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportingHeaders } from '../../domain/bridge/page.ts';
import { KeyLevelSchema } from '../../domain/identity/api/keys.ts';
import { SECURITY_KINDS } from '../../domain/identity/detection.ts';
import { DEFAULT_POLICY } from '../../domain/identity/policy.ts';
import { STEP_UP_MS } from '../../domain/kernel/action.ts';
import { MODULES } from '../../domain/modules.ts';
import { WELL_KNOWN } from '../../server/kernel/http/outbound.ts';
import { TRIES } from '../../server/kernel/identity/limits.ts';
import { acceptablePassword, PRODUCT_WORDS } from '../../server/kernel/identity/passwords/passwords.ts';
import { BUDGETS } from '../../server/kernel/limits/budgets.ts';
import { VARIABLES } from '../../server/settings.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { codesIn, constant, found, number, partOf, readPage, rowsOf, sources } from '../testing/written.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readPage('docs/security/practices.md');
const running = readPage('docs/operator/running-the-center.md');

const SERVER = sources('server');
const EVERYWHERE = [...SERVER, ...sources('sealing'), ...sources('server-bridge')];
let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center.close());

describe('the page of practices', () => {
  it('has every way in for whoever is not known yet, and none that is not (ASVS 6.1.3)', async () => {
    type Paths = { [path: string]: { [method: string]: { readonly security: readonly object[] } } };
    const { body } = await center.call<{ paths: Paths }>('GET', '/openapi.json');
    const open = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) => {
        const names = security.flatMap((of) => Object.keys(of));
        const nobody = security.length === 0 || security.some((of) => Object.keys(of).length === 0);
        return nobody || names.includes('scraper') ? [`${method.toUpperCase()} ${path}`] : [];
      }),
    );
    const written = rowsOf(page, 'Ways in').flatMap(([door = '']) => codesIn(door));
    expect([...written].sort()).toEqual([...open].sort());
  });

  it('has how long sessions last, as they do (ASVS 7.1.1, 7.1.2)', () => {
    const lasts = new Map(rowsOf(page, 'Sessions').map(([what = '', how = '']) => [what, number(how)]));
    const issue = 'server/kernel/identity/sessions/issue-session.ts';
    expect(Object.fromEntries(lasts)).toEqual({
      'access token': constant(SERVER, 'server/kernel/identity/tokens/tokens.ts', 'TOKEN_LIFE_MS') / 60_000,
      'session, whatever is done': constant(SERVER, issue, 'SESSION_LIFE_MS') / 24,
      'refresh, after the offline grant ends': constant(SERVER, issue, 'REFRESH_BEYOND_GRANT_MS'),
      'console without a key or pointer': DEFAULT_POLICY.idleLockMinutes,
      'sign-in without the center': DEFAULT_POLICY.offline.hours,
      'proof of who one is, before what is sensitive': STEP_UP_MS / 60_000,
    });
    expect(partOf(page, 'Sessions')).toContain('Any number of sessions');
  });

  it('has how often may be tried and asked, by whom and by all (ASVS 2.1.3, 2.3.2, 6.1.1)', () => {
    const written = Object.fromEntries(
      rowsOf(page, 'Tries').map(([where = '', points, duration]) => [
        where,
        { points: number(points), duration: number(duration) },
      ]),
    );
    expect(written).toEqual(TRIES);
    const budgets = Object.fromEntries(
      rowsOf(running, 'Limits').map(([of = '', , address, account, device, organisation]) => {
        const cells = { address, account, device, organisation };
        return [
          of,
          Object.fromEntries(Object.entries(cells).flatMap(([by, cell]) => (cell === '–' ? [] : [[by, number(cell)]]))),
        ];
      }),
    );
    expect(budgets).toEqual(BUDGETS);
    expect(partOf(page, 'Tries')).toContain('five wrong passwords in 15 minutes pause an account for 30');
    expect(DEFAULT_POLICY.lockout).toEqual({ tries: 5, windowMinutes: 15, pauseMinutes: 30 });
  });

  it('has the words that no password is made of (ASVS 6.1.2)', () => {
    const words = codesIn(partOf(page, 'Words that no password is made of').replaceAll('\n', ' '));
    expect([...words].sort()).toEqual([...PRODUCT_WORDS].sort());
    const owner = { login: 'dora', name: 'Dora Ames', organisation: ['harbor', 'Harbor County'] };
    for (const word of [...words, 'dora', 'ames', 'harbor county']) {
      const password = `${word.replaceAll(' ', '')}${'20262026'.repeat(3)}`;
      expect(acceptablePassword(password, owner, 8).ok, word).toBe(false);
    }
  });

  it('has every rule that decides, and every event that a person handles (ASVS 8.1.3)', () => {
    const rules = rowsOf(page, 'What decides whether somebody may').flatMap(([rule = '']) => codesIn(rule));
    const source = readFileSync(join(root, 'domain/kernel/authorise.ts'), 'utf8');
    const spoken = new Set([...source.matchAll(/'([a-z-]+@\d)'/g)].map(([, rule = '']) => rule));
    expect([...rules].sort()).toEqual([...spoken].sort());
    const part = partOf(page, 'What decides whether somebody may').replaceAll('\n', ' ');
    expect(/\(([^)]*)\) that a person handles/.exec(part)?.[1]?.split(', ').sort()).toEqual(
      Object.keys(SECURITY_KINDS).sort(),
    );
  });

  it('has every class of data and every sealed field (ASVS 8.1.2, 14.1.2)', () => {
    const classes = new Set(
      MODULES.flatMap(({ entities, facts }) => [...entities, ...facts].map((of) => of.classification)),
    );
    const written = rowsOf(page, 'Classes of data').flatMap(([name = '']) => codesIn(name));
    expect([...written].sort()).toEqual([...classes].sort());
    const sealed = MODULES.flatMap(({ entities }) => entities).flatMap(({ kind, encrypt }) =>
      encrypt.length > 0 ? [kind, ...encrypt] : [],
    );
    const part = partOf(page, 'Classes of data');
    expect(codesIn(part.slice(part.indexOf('Sealed fields')))).toEqual(sealed);
  });

  it('has every algorithm that is used (ASVS 11.1.2)', () => {
    const calls = /(?:createHash|createHmac|createCipheriv|hkdfSync|generateKeyPairSync)\(\s*'([a-z0-9-]+)'/g;
    const used = new Set([...found(EVERYWHERE, calls), 'argon2']);
    const written = rowsOf(page, 'Cryptography').flatMap(([, by = '']) => codesIn(by));
    expect([...written].sort()).toEqual([...used].sort());
  });

  it('has every secret and when it is to be changed (ASVS 13.1.4)', () => {
    const files = readdirSync(center.dataDir).filter((name) => /\.(secret|token)$/.test(name));
    const rows = rowsOf(page, 'Secrets');
    expect(rows.flatMap(([secret = '']) => codesIn(secret)).sort()).toEqual(
      [...KeyLevelSchema.options, ...files].sort(),
    );
    for (const [secret, , when] of rows) expect(when, secret).not.toBe('');
  });

  it('has everyone whom the center asks, and every setting that says so (ASVS 13.1.1)', () => {
    const part = partOf(page, 'Whom the center asks');
    const settings = [...found(SERVER, /\benv\.([A-Z][A-Z_]+)/g), ...Object.values(VARIABLES)];
    const OWN = [
      'PATH',
      'QD_DATA',
      'QD_PORT',
      'QD_HOST',
      'QD_DEMO',
      'QD_LOG',
      'QD_LIMITS_SCALE',
      'QD_PUBLIC_URL',
      'QD_TRUSTED_PROXIES',
      'QD_CORS_ORIGINS',
      'QD_TLS_CERT',
      'QD_TLS_KEY',
      'QD_CLOSED_NETWORKS',
    ];
    const written = codesIn(part).filter((code) => /^[A-Z_]+$/.test(code));
    expect([...written].sort()).toEqual([...new Set(settings)].filter((name) => !OWN.includes(name)).sort());
    const hosts = found(SERVER, /'https:\/\/([a-z0-9.-]+)/g);
    expect(hosts.filter((host) => !part.includes(host))).toEqual([]);
  });

  it('has every file that asks anybody, and every host that is asked unless the operator says more (ASVS 13.2.5)', () => {
    const part = partOf(page, 'Whom the center asks');
    const asks =
      /from 'undici'|new pg\.Pool|client\.connect\(|new Redis\(|import\('@aws-sdk|new OTLP\w+\(|(?<![.\w])fetch\(|from 'socket\.io-client'|from 'ws'|\b(?:net|tls|https?)\.(?:connect|createConnection|request|get)\(|import \{[^}]*\b(?:connect|createConnection|request)\b[^}]*\} from 'node:/;
    const asking = SERVER.filter(({ text }) => asks.test(text)).map(({ file }) => file);
    const written = rowsOf(page, 'Whom the center asks').flatMap(([where = '']) => codesIn(where));
    expect(written.filter((code) => code.endsWith('.ts')).sort()).toEqual(asking.sort());
    const listed = codesIn(part).filter(
      (code) => /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(code) && !code.endsWith('.ts'),
    );
    expect(listed.sort()).toEqual([...WELL_KNOWN.map(({ host }) => host), 'api.postmarkapp.com'].sort());
    for (const { port, own } of WELL_KNOWN) expect([port, own]).toEqual([443, false]);
  });

  it('has every line of the log, which goes to the error output alone (ASVS 16.1.1, 16.2.3)', () => {
    const lines = found(SERVER, /\blog(?:ger)?\.(?:fatal|error|warn|info|debug)\((?:[^;]*?,\s*)?'([^']+)',?\s*\)/g);
    // What is done once a day names what is logged where it fails.
    const daily = found(SERVER, /\bfailing: '([^']+)'/g);
    const written = codesIn(partOf(page, 'Logs').replaceAll('\n', ' '));
    expect([...written].sort()).toEqual([...lines, ...daily].sort());
    const elsewhere = /\bconsole\.\w+\(|createWriteStream|appendFile|from 'node:syslog'/;
    // Checkpoints of the audit are a record of their own, not a log.
    const writing = SERVER.filter(({ text }) => elsewhere.test(text)).map(({ file }) => file);
    expect(writing).toEqual(['server/kernel/audit/checkpoints.ts']);
    expect(SERVER.find(({ file }) => file === 'server/kernel/log.ts')?.text).toContain('dest: 2');
  });

  it('has where dangerous work is done (ASVS 15.1.5)', () => {
    const dangerous = /from 'node:(child_process|worker_threads|vm)'|from 'pdfkit'/;
    const files = SERVER.filter(({ text }) => dangerous.test(text)).map(({ file }) => file);
    const written = rowsOf(page, 'Dangerous work').flatMap(([where = '']) => codesIn(where));
    expect([...written].sort()).toEqual([...files].sort());
  });

  it('has what a browser must do, and what becomes of one that does not (ASVS 3.1.1)', () => {
    const part = partOf(page, 'What a browser must do');
    const written = codesIn(part).filter((code) => /^[a-z-]+$/.test(code));
    expect([...written].sort()).toEqual(
      [...Object.keys(reportingHeaders('/', true)), 'strict-transport-security'].sort(),
    );
    expect(part).toContain('is refused at sign-in');
  });
});
