/**
 * What trust costs: a read and a write as a person of the API does them, against the same machine without any of it; the
 * audit by itself; the check of a webhook; a decision whether somebody may.
 *
 * What is read is an incident: its sealed fields are opened, and that it was read is in the audit, durably, before it is
 * answered. (A row of the roster, which this read before, is about nobody, and its reading is not noted.)
 *
 * Reads asked together share a commit, so how many ask decides what one costs. The bare server is asked the same, token and all.
 * The center reaches its database as it does its own, and so does pgbench.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { type Asker, authorise, type Circumstances } from '../domain/kernel/authorise.ts';
import { RoleSchema } from '../domain/kernel/permission.ts';
import { MODULES } from '../domain/modules.ts';
import type { Provider } from '../domain/webhooks/api.ts';
import { startEmbedded } from '../server/kernel/db/embedded.ts';
import { judge } from '../server/modules/webhooks/providers/judge.ts';
import { genuine, KEYS } from '../server/modules/webhooks/testing/deliveries.ts';
import { startChild } from '../tools/start/child.ts';
import { DEMO_ADMINISTRATOR, demoSite } from '../tools/start/demo.ts';
import { askCenter, enrolmentCode, signIn } from '../tools/start/enrolment.ts';
import { startCenterProcess } from '../tools/start/processes.ts';
import { type Measure, type Measured, percentile } from './figures.ts';
import { inScratch } from './scratch.ts';
import { measureAudit } from './trust-audit.ts';
import { wireStation } from './wire-station.ts';

type Say = (what: string) => void;
interface Asked {
  readonly url: string;
  readonly token?: string;
  readonly body?: object;
}

/** So many that neither of the two waits for who asks it; what fewer get is said beside it. */
const READERS = 256;
const FEWER = [64, 8];
const CLIENTS = 8;
const ROUNDS = 5;
const ROUND_MS = 2_000;
/** A center runs for weeks: it is timed once what it does has been compiled, as what it is held against was when it was built. */
const WARM_ROUNDS = 4;
const PGBENCH_SCALE = 10;
/** Read in turn. */
const INCIDENTS = 64;

const median = (values: readonly number[]): number => percentile(values, 0.5);
const RowsSchema = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const IncidentSchema = z.looseObject({ sealed: z.looseObject({ callback: z.string() }) });

/** Calls a second by so many clients for a while. */
async function rate(agent: Agent, clients: number, call: () => Asked): Promise<number> {
  const until = performance.now() + ROUND_MS;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const { url, token, body } = call();
      const answer = await request(url, {
        dispatcher: agent,
        method: body ? 'POST' : 'GET',
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
      done++;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return done / ((performance.now() - began) / 1_000);
}

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const database = await startEmbedded({ folder: join(folder, 'postgres'), password: 'of the bench' });
    const near = database.near(database.url);
    const center = startCenterProcess({
      folder: join(folder, 'center'),
      port: 0,
      demo: true,
      env: { ...process.env, DATABASE_URL: near, QD_LIMITS_SCALE: '1000' },
    });
    const agent = new Agent({ connections: READERS });
    try {
      const { center: url } = await center.ready;
      const token = await signIn(url, DEMO_ADMINISTRATOR);
      await pushIncidents(url);
      const { items } = await askCenter(url, '/v1/entities/incident', RowsSchema, { token });
      const incidents = items.map(({ id }) => `${url}/v1/entities/incident/${id}`);
      return [
        await reads(say, agent, incidents, token),
        await writes(say, agent, () => ({ url: `${url}/v1/requests`, token, body: newDisposition() }), near),
        ...(await measureAudit(say)),
        await webhooks(say),
        decisions(say),
      ];
    } finally {
      await agent.close();
      await center.child.stop();
      await database.stop();
    }
  });

async function pushIncidents(url: string): Promise<void> {
  const station = await wireStation(url, await enrolmentCode(url, DEMO_ADMINISTRATOR, await demoSite()), 'Bench');
  try {
    const { problems } = await station.http.push(station.push(station.incidents(INCIDENTS, 'unit:bench')));
    if (problems[0]) throw new Error(`A frame was not taken: ${problems[0].why}.`);
  } finally {
    await station.close();
  }
}

/** Rows as the center answers them, one after the other, against a bare Fastify that answers as many bytes. */
async function reads(say: Say, agent: Agent, urls: readonly string[], token: string): Promise<Measured> {
  say(`${ROUNDS} rounds of reads, by the center and by a bare Fastify`);
  const row = await askCenter(urls[0] ?? '', '', IncidentSchema, { token });
  let next = 0;
  const asked = (): Asked => ({ url: urls[next++ % urls.length] ?? '', token });
  const bare = startChild({
    name: 'The bare server',
    args: [join(import.meta.dirname, 'bare.ts'), JSON.stringify(row)],
  });
  try {
    const { port } = BareSchema.parse(await bare.ready);
    const by = async (clients: number): Promise<Rates> => {
      const rounds: { readonly ours: number; readonly bare: number }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const ours = await rate(agent, clients, asked);
        rounds.push({ ours, bare: await rate(agent, clients, () => ({ url: `http://127.0.0.1:${port}/`, token })) });
      }
      return {
        ratio: median(rounds.map(({ ours, bare: plain }) => ours / plain)),
        perSecond: median(rounds.map(({ ours }) => ours)),
        bareFastifyPerSecond: median(rounds.map(({ bare: plain }) => plain)),
      };
    };
    for (let round = 0; round < WARM_ROUNDS; round++) await rate(agent, READERS, asked);
    const { ratio, ...many } = await by(READERS);
    const fewer: { [figure: string]: number } = {};
    for (const clients of FEWER) {
      const { ratio: of, perSecond } = await by(clients);
      fewer[`ratioBy${clients}`] = of;
      fewer[`perSecondBy${clients}`] = perSecond;
    }
    return {
      figure: 'trust.read_ratio',
      value: ratio,
      with: {
        clients: READERS,
        rounds: ROUNDS,
        warmMs: WARM_ROUNDS * ROUND_MS,
        incidents: urls.length,
        bytes: JSON.stringify(row).length,
        ...many,
        ...fewer,
      },
    };
  } finally {
    await bare.stop();
  }
}

interface Rates {
  readonly ratio: number;
  readonly perSecond: number;
  readonly bareFastifyPerSecond: number;
}

const BareSchema = z.object({ port: z.int() });

function newDisposition(): object {
  const input = {
    kind: 'disposition',
    id: randomUUID(),
    version: 0,
    body: { code: randomUUID().slice(0, 8), text: 'Bench' },
  };
  return { id: randomUUID(), kind: 'record.put', madeAt: Date.now(), by: null, session: null, input };
}

/** A record put, durable and audited, against pgbench's own transaction on the same server; each in turn. */
async function writes(say: Say, agent: Agent, call: () => Asked, databaseUrl: string): Promise<Measured> {
  say(`${ROUNDS} rounds of writes, by the center and by pgbench`);
  pgbench(databaseUrl, ['-i', '-s', String(PGBENCH_SCALE), '-q']);
  for (let round = 0; round < WARM_ROUNDS; round++) await rate(agent, CLIENTS, call);
  const rounds: { readonly ours: number; readonly plain: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await rate(agent, CLIENTS, call);
    const said = pgbench(databaseUrl, ['-c', String(CLIENTS), '-T', String(ROUND_MS / 1_000)]);
    rounds.push({ ours, plain: Number(/tps = ([\d.]+)/.exec(said)?.[1]) });
  }
  return {
    figure: 'trust.write_ratio',
    value: median(rounds.map(({ ours, plain }) => ours / plain)),
    with: {
      clients: CLIENTS,
      rounds: ROUNDS,
      warmMs: WARM_ROUNDS * ROUND_MS,
      perSecond: median(rounds.map(({ ours }) => ours)),
      pgbenchPerSecond: median(rounds.map(({ plain }) => plain)),
      pgbench: `tpcb-like, scale ${PGBENCH_SCALE}`,
    },
  };
}

function pgbench(databaseUrl: string, args: readonly string[]): string {
  const { hostname, port, username, password, pathname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? hostname;
  return execFileSync('pgbench', ['-h', host, '-p', port, '-U', username, ...args, pathname.slice(1)], {
    env: { ...process.env, PGPASSWORD: decodeURIComponent(password) },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The slowest of the providers, asked as each is: the signature over the bytes, the window, the shape. */
async function webhooks(say: Say): Promise<Measured> {
  say('checks of webhooks');
  const p99: { [provider: string]: number } = {};
  for (const provider of Object.keys(KEYS) as Provider[]) {
    const id = randomUUID();
    const { headers, body } = genuine(KEYS[provider], id, Date.now());
    const delivery = { header: (name: string) => headers[name], body, address: '127.0.0.1' };
    const details = { MessageID: id, MessageEvents: [{ Type: 'Delivered', ReceivedAt: '2027-01-15T08:00:00Z' }] };
    const took: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      const began = performance.now();
      const verdict = await judge(delivery, KEYS[provider], Date.now(), async () => details);
      took.push(performance.now() - began);
      if (!verdict.genuine) throw new Error(`A genuine delivery of ${provider} was refused: ${verdict.why}.`);
    }
    p99[provider] = percentile(took, 0.99);
  }
  return { figure: 'trust.webhook_p99_ms', value: Math.max(...Object.values(p99)), with: { ...p99, checks: 10_000 } };
}

/** Every action by every role, with the record it is about. */
function decisions(say: Say): Measured {
  say('decisions');
  const circumstances: Circumstances = {
    state: 'ACTIVE',
    off: new Map([['billing', 'Billing is off.']]),
    restrictions: new Map(),
  };
  const askers: readonly Asker[] = RoleSchema.options.map((role) => ({
    user: 'ann',
    roles: [role],
    site: 'north',
    agency: null,
    provenAt: Date.now(),
    secondFactor: 'given',
  }));
  const actions = MODULES.flatMap((module) => module.actions);
  const rounds = 200;
  const began = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const action of actions) {
      for (const asker of askers) authorise(action, asker, circumstances, Date.now(), { site: 'south' });
    }
  }
  const count = rounds * actions.length * askers.length;
  return {
    figure: 'trust.authorise_us',
    value: ((performance.now() - began) * 1_000) / count,
    with: { decisions: count, actions: actions.length, roles: askers.length },
  };
}
