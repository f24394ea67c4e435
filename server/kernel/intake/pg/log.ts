/** The center's log in PostgreSQL: the port of intake over the application's connections. */
import type pg from 'pg';
import { type EntityRef, uuidV7 } from '#domain/kernel/ids.ts';
import type { Database, Scope } from '../../db/database.ts';
import type { Asking } from '../../db/flight.ts';
import type { CenterLog, Committed, Device } from '../port.ts';
import { readingOf } from '../reading.ts';
import { authorsOf } from './authors.ts';
import { moveNumbersOn } from './numbers.ts';
import { positionsOf, positionsOfSite } from './positions.ts';
import { readEntity, readSnapshot, readStream } from './read.ts';
import { AWAITS } from './sign-ins.ts';
import { factsAbout } from './step-facts.ts';
import { heldKeys } from './step-keys.ts';
import { type Entered, ONE_PLAN, stepsOf, type Work } from './steps.ts';
import type { Step, StepTools } from './transaction.ts';

/** The log, where rows of the center's own are read and written in the very step that puts something on the streams. */
export interface StoredLog extends CenterLog {
  /**
   * One step, as `intake`. What is asked of `asking` is of the same transaction, under the lock of the organisation; whoever
   * acts for several enters the scope of each there.
   */
  readonly intakeBeside: <T>(org: string, work: Work<T>, scope?: Omit<Scope, 'org'>) => Promise<T>;
}

/** `reading`: where it is not this build's. */
export function pgLog(db: Database, parts: Omit<StepTools, 'reading'> & Partial<StepTools>): StoredLog {
  const tools: StepTools = { reading: readingOf(), ...parts };
  // A device's key never changes; its revocation is judged inside the step, from the row.
  const devices = new Map<string, Map<string, Device>>();
  const listeners = new Set<(change: Committed) => void>();

  const read = <T>(org: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> =>
    db.inOrgClient({ org, actor: 'center' }, work);

  /** Within a transaction that has begun; an organisation's first epoch begins with its first intake. */
  const begin = async (client: Asking, org: string): Promise<Entered> =>
    (await lock(client, org)) ?? (await makeIntake(client, org));

  const makeIntake = async (client: Asking, org: string): Promise<Entered> => {
    const epoch = uuidV7(tools.clock(), tools.random);
    await client.query('insert into kernel.intake (org, epoch) values ($1, $2) on conflict do nothing', [org, epoch]);
    const entered = (await lock(client, org)) as Entered;
    if (entered.epoch === epoch) await noteEpoch(client, org, epoch, 'the organisation was made');
    return entered;
  };

  const noteEpoch = async (client: Asking, org: string, epoch: string, reason: string): Promise<void> => {
    await client.query(
      'insert into kernel.epoch (org, id, began_at, reason) values ($1, $2, $3, $4) on conflict do nothing',
      [org, epoch, tools.clock(), reason],
    );
  };

  const committed = (org: string, epoch: string, { facts, opened, streams }: Step): void => {
    const sites = new Map([...streams.sites].filter(([, { items }]) => items.length > 0));
    if (sites.size === 0 && opened.length === 0) return;
    const change: Committed = { org, epoch, facts, opened, sites, keys: [...streams.keys.values()] };
    for (const listener of listeners) listener(change);
  };

  const steps = stepsOf({ pool: db.pool, tools, enter: begin, onCommit: committed });

  return {
    intake: steps.take,
    intakeBeside: steps.take,
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
    beginEpoch: (org, epoch, reason, loss) =>
      steps.alone(org, async () => {
        await read(org, async (client) => {
          const { epoch: current } = await begin(client, org);
          for (const name of loss?.forgotten ?? []) await noteEpoch(client, org, name, 'a station showed it');
          if (loss && loss.foundIn !== current) return;
          await client.query('update kernel.intake set epoch = $2 where org = $1', [org, epoch]);
          await noteEpoch(client, org, epoch, reason);
          await moveNumbersOn(client, org, tools.clock());
          await moveRostersOn(client, org, tools.clock());
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
    foldedByOthers: (org, limit) =>
      read(org, async (client) => {
        const { rows } = await client.query<{ ref: EntityRef }>(
          'select ref from kernel.entity where org = $1 and fold_version < 0 and fold_version <> $2 limit $3',
          [org, tools.reading.mark, limit],
        );
        return rows.map(({ ref }) => ref);
      }),
    logHeads: (org, site) => read(org, (client) => positionsOfSite(client, org, site)),
    factsAbout: (org, site, ref) =>
      read(org, async (client) => {
        if (site !== null) {
          const { rowCount } = await client.query(
            'select from kernel.entity_site where org = $1 and ref = $2 and site = $3 and holds',
            [org, ref, site],
          );
          if (rowCount === 0) return [];
        }
        return factsAbout(client, org, ref, heldKeys(client, org, new Map(), tools));
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

/**
 * Becomes the organisation's only writer until the transaction ends; undefined for one that was never entered. What is asked in
 * it from then on has one plan, as in a step that follows (steps.ts).
 */
async function lock(client: Asking, org: string): Promise<Entered | undefined> {
  const { rows } = await client.query<Entered>({
    name: 'intake.begin',
    text: `select epoch, seq, ${ONE_PLAN} from kernel.begin_intake($1)`,
    values: [org],
  });
  return rows[0];
}

/** Rosters are numbered on from the seconds since then, so that their numbers last until 2088. */
const ROSTERS_SINCE = Date.UTC(2020, 0, 1);
/** Where they are further than that already. */
const ROSTERS_AHEAD = 1_000;

/**
 * Past any version that a station can hold from before the center was put back: stations take no older roster, whoever shows it. A
 * jump of a fixed length would be the same jump the next time that this backup is put back, so they go on from the time:
 * no site changes its roster every second. `now` in ms UTC.
 */
async function moveRostersOn(client: pg.ClientBase, org: string, now: number): Promise<void> {
  await client.query(
    'update kernel.site set roster_version = greatest(roster_version + $2::int, $3::int) where org = $1',
    [org, ROSTERS_AHEAD, Math.floor((now - ROSTERS_SINCE) / 1_000)],
  );
}
