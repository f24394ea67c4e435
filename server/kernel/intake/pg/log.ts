/** The center's log in PostgreSQL: the port of intake over the application's connections. */
import type pg from 'pg';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { type Database, ENTER, entering, type Scope } from '../../db/database.ts';
import { type Asking, flightsOf } from '../../db/flight.ts';
import type { CenterLog, Committed, Device, IntakeTransaction } from '../port.ts';
import { authorsOf } from './authors.ts';
import { emptyMemory, type OrgMemory } from './memory.ts';
import { moveNumbersOn } from './numbers.ts';
import { positionsOf, positionsOfSite } from './positions.ts';
import { readEntity, readSnapshot, readStream } from './read.ts';
import { AWAITS } from './sign-ins.ts';
import { stepKeys } from './step-keys.ts';
import { beginStep, factsAbout, type Step, type StepTools } from './transaction.ts';

export function pgLog(db: Database, tools: StepTools): CenterLog {
  const memories = new Map<string, OrgMemory>();
  // A device's key never changes; its revocation is judged inside the step, from the row.
  const devices = new Map<string, Map<string, Device>>();
  const turns = new Map<string, Promise<unknown>>();
  const listeners = new Set<(change: Committed) => void>();

  /** One at a time for an organisation on this node; the row that begin_intake locks does the same between nodes. */
  const inTurn = <T>(org: string, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(org) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(
      org,
      mine.catch(() => undefined),
    );
    return mine;
  };

  const read = <T>(org: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> =>
    db.inOrgClient({ org, actor: 'center' }, work);

  /** Begins a transaction and becomes the organisation's only writer; its first epoch begins with its first intake. */
  const enter = async (client: Asking, org: string, scope?: Omit<Scope, 'org'>): Promise<Entered> => {
    const [, entered] = await Promise.all([
      client.query('begin'),
      lock(client, org),
      // The audit rows of this step name who acts and why, not the center.
      scope && client.query(ENTER, entering({ org, ...scope })),
    ]);
    if (entered) return entered;
    const made = await makeIntake(client, org);
    if (scope) await client.query(ENTER, entering({ org, ...scope }));
    return made;
  };

  const makeIntake = async (client: Asking, org: string): Promise<Entered> => {
    const epoch = uuidV7(tools.clock(), tools.random);
    await client.query('insert into kernel.intake (org, epoch) values ($1, $2) on conflict do nothing', [org, epoch]);
    const entered = (await lock(client, org)) as Entered;
    if (entered.epoch === epoch) await noteEpoch(client, org, epoch, 'the organisation was made');
    return entered;
  };

  /** Within a transaction that has begun. */
  const begin = async (client: Asking, org: string): Promise<Entered> =>
    (await lock(client, org)) ?? (await makeIntake(client, org));

  const noteEpoch = async (client: Asking, org: string, epoch: string, reason: string): Promise<void> => {
    await client.query('insert into kernel.epoch (org, id, began_at, reason) values ($1, $2, $3, $4)', [
      org,
      epoch,
      tools.clock(),
      reason,
    ]);
  };

  const committed = (org: string, epoch: string, { facts, streams }: Step): void => {
    const sites = new Map([...streams.sites].filter(([, { items }]) => items.length > 0));
    if (sites.size === 0) return;
    const change: Committed = { org, epoch, facts, sites, keys: [...streams.keys.values()] };
    for (const listener of listeners) listener(change);
  };

  /** One step in a transaction of its own. With `trusted` memory nothing is waited for before work begins. */
  const stepOf = async <T>(
    org: string,
    work: (tx: IntakeTransaction) => Promise<T>,
    scope: Omit<Scope, 'org'> | undefined,
    trusted: OrgMemory | undefined,
  ): Promise<T> => {
    const client = await db.pool.connect();
    const flights = flightsOf(client);
    let broken: Error | undefined;
    try {
      const begun = enter(flights, org, scope);
      // Whoever does not wait for it now hears of a failure from what it asks next.
      begun.catch(() => undefined);
      const { epoch, seq } = trusted ? { epoch: trusted.epoch, seq: trusted.seq + 1 } : await begun;
      const remembered = trusted ?? memories.get(org);
      const memory = remembered?.seq === seq - 1 ? remembered : emptyMemory(epoch);
      memories.set(org, memory);
      const step = beginStep(flights, org, epoch, memory, tools);
      const value = await work(step.tx);
      const entered = await begun;
      if (entered.seq !== seq || entered.epoch !== epoch) throw new Error('Another node took in meanwhile.');
      await Promise.all([step.finish(), flights.query('commit')]);
      memory.seq = seq;
      committed(org, epoch, step);
      return value;
    } catch (error) {
      memories.delete(org);
      flights.end();
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
      if (flights.failed()) broken ??= new Error('A flight failed.');
      throw error;
    } finally {
      flights.end();
      client.release(broken);
    }
  };

  const intake: CenterLog['intake'] = (org, work, scope, repeatable = false) =>
    inTurn(org, async () => {
      const trusted = repeatable ? memories.get(org) : undefined;
      // Whatever failed on what is remembered may only have failed because that is out of date.
      return trusted
        ? stepOf(org, work, scope, trusted).catch(() => stepOf(org, work, scope, undefined))
        : stepOf(org, work, scope, undefined);
    });

  return {
    intake,
    epoch: (org) =>
      read(org, async (client) => {
        const { rows } = await client.query<{ epoch: string }>('select epoch from kernel.intake where org = $1', [org]);
        return rows[0]?.epoch ?? (await begin(client, org)).epoch;
      }),
    epochs: (org) =>
      read(org, async (client) => {
        const { rows } = await client.query<{ id: string }>('select id from kernel.epoch where org = $1', [org]);
        return rows.map((row) => row.id);
      }),
    beginEpoch: (org, epoch, reason) =>
      inTurn(org, async () => {
        memories.delete(org);
        await read(org, async (client) => {
          await begin(client, org);
          await client.query('update kernel.intake set epoch = $2 where org = $1', [org, epoch]);
          await noteEpoch(client, org, epoch, reason);
          await moveNumbersOn(client, org, tools.clock());
        });
      }),
    devices: async (org, stations) => {
      const known = devices.get(org) ?? new Map<string, Device>();
      devices.set(org, known);
      const missing = stations.filter((station) => !known.has(station));
      if (missing.length > 0) {
        const { devices: found } = await read(org, (client) => authorsOf(client, org, missing, []));
        for (const [station, device] of found) known.set(station, device);
      }
      return new Map(
        stations.flatMap((station) => {
          const device = known.get(station);
          return device ? [[station, device] as const] : [];
        }),
      );
    },
    positions: (org, logs) => read(org, (client) => positionsOf(client, org, logs)),
    awaits: async (org, sessions) => {
      if (sessions.length === 0) return false;
      return read(org, async (client) => (await client.query(AWAITS, [org, sessions])).rowCount === 1);
    },
    streamHead: (org, site) =>
      read(org, async (client) => {
        const { rows } = await client.query<{ head: number }>(
          'select head from kernel.stream where org = $1 and site = $2',
          [org, site],
        );
        return rows[0]?.head ?? 0;
      }),
    read: (org, site, after, limit) => read(org, (client) => readStream(client, org, site, after, limit)),
    entityFacts: (org, site, ref) => read(org, (client) => readEntity(client, org, site, ref)),
    logHeads: (org, site) => read(org, (client) => positionsOfSite(client, org, site)),
    factsAbout: (org, site, ref) =>
      read(org, async (client) => {
        if (site !== null) {
          const { rowCount } = await client.query(
            'select from kernel.entity_site where org = $1 and ref = $2 and site = $3',
            [org, ref, site],
          );
          if (rowCount === 0) return [];
        }
        return factsAbout(client, org, ref, stepKeys(client, org, emptyMemory(''), tools));
      }),
    startingPoint: (org, site, since) =>
      db.inOrgClient(
        { org, actor: 'center' },
        (client) => readSnapshot(client, org, site, since, tools.keys),
        'moment',
      ),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Entered {
  readonly epoch: string;
  readonly seq: number;
}

/** Becomes the organisation's only writer until the transaction ends; undefined for one that was never entered. */
async function lock(client: Asking, org: string): Promise<Entered | undefined> {
  const { rows } = await client.query<Entered>({
    name: 'intake.begin',
    text: 'select epoch, seq from kernel.begin_intake($1)',
    values: [org],
  });
  return rows[0];
}
