/** The doors of sync: greeting, push, pull, snapshot, an entity's facts. */
import { z } from 'zod';
import { EntityRefSchema } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { StreamPageSchema } from '#domain/kernel/stream.ts';
import {
  EntityFactsSchema,
  HelloInSchema,
  HelloOutSchema,
  PullQuerySchema,
  PushInSchema,
  PushOutSchema,
  type Roster,
  SnapshotSchema,
} from '#domain/wire/sync.ts';
import type { Database, Scope } from '../db/database.ts';
import { Problem } from '../http/problem.ts';
import { JsonText, type Route, route } from '../http/route.ts';
import { takeBackDevices } from '../identity/devices/returned-devices.ts';
import { sessionsOf } from '../identity/grants/grant-standings.ts';
import { takeBackGrants } from '../identity/grants/returned-grants.ts';
import { greet } from '../intake/hello.ts';
import type { World } from '../intake/own.ts';
import type { StoredLog } from '../intake/pg/log.ts';
import { pullPage } from '../intake/pull.ts';
import type { PushTaker } from '../intake/queue.ts';
import { readAgain } from '../intake/read-again.ts';
import { settleShown } from '../intake/shown.ts';
import type { GivenKey } from '../keys/given-back.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { CenterContext } from '../part.ts';
import { raiseGuesses } from '../security/guesses.ts';
import { greeted } from './greeted.ts';
import { shareSnapshots } from './shared-snapshots.ts';
import { tellOnceMore, tellSeldom } from './telling.ts';

/** A new station gets what was touched within this as facts, the rest as folded state. */
const RECENT_MS = 72 * 3_600_000;
/** A thousand frames of ordinary size, with their keys. */
const LARGEST_PUSH = 8 * 1_048_576;

export interface SyncPorts {
  readonly db: Database;
  readonly log: StoredLog;
  readonly keys: KeyRing;
  readonly world: World;
  readonly take: PushTaker;
  /** `known`: ids of keys that whoever is to take it knows. */
  readonly rosterOf: (org: string, site: string, known: readonly string[]) => Promise<Roster>;
  readonly rosterChanged: (org: string, site: string) => void;
  /** Hears of entities about which facts can be read that could not be. */
  readonly readable: (org: string, refs: readonly EntityRef[]) => void;
  readonly eventRaised: CenterContext['eventRaised'];
}

export function syncRoutes(ports: SyncPorts): readonly Route[] {
  const { log, keys, world } = ports;
  const again = tellOnceMore(ports.rosterChanged);
  const askForKeys = tellSeldom(ports.rosterChanged);
  const snapshotOf = shareSnapshots(log, async (org, site) => {
    const epoch = await log.epoch(org);
    const start = await log.startingPoint(org, site, world.clock() - RECENT_MS);
    const snapshot: z.input<typeof SnapshotSchema> = {
      cursor: { epoch, n: start.head },
      page: { epoch, from: 0, items: [...start.items], keys: [...start.keys], head: start.head },
      folded: start.folded as unknown as Json[] as never,
      heads: start.heads.map(({ log: name, seq, hash }) => ({ log: name, seq, hash })),
    };
    return { epoch, text: JSON.stringify(snapshot) };
  });
  const takeBack = async (scope: Scope, site: string, lacked: readonly GivenKey[]): Promise<void> => {
    const taken = await keys.giveBack(scope, site, lacked);
    if (taken.length > 0) ports.readable(scope.org, await readAgain(log, scope.org, taken));
  };
  return [
    route({
      method: 'POST',
      path: '/v1/sync/hello',
      title: 'A station greets: what it holds, and what each side wants of the other',
      access: 'device',
      budget: 'emergency',
      body: HelloInSchema,
      output: HelloOutSchema,
      // 20,000 logs with their acknowledgments.
      bodyLimit: LARGEST_PUSH,
      handler: async ({ caller: { org, site, station }, body, request }) => {
        const { publicKeys, signer } = await keys.centerKeys(org);
        // First: what the station then brings is judged by them.
        const isBack = await takeBackDevices(ports.db, publicKeys, { org, site, station }, body.roster, world);
        await takeBackGrants(ports.db, publicKeys, { org, site, station }, body.grants);
        await raiseGuesses(
          { db: ports.db, eventRaised: ports.eventRaised, ...world },
          { org, site, station },
          body.guesses ?? [],
        );
        // Before what is sealed under them comes.
        if (body.lacked)
          await takeBack({ org, actor: `station:${station}`, device: station, request }, site, body.lacked);
        const { began: _, ...answer } = await greet(log, publicKeys, world, org, site, body);
        // A peer may have brought some of it before.
        await settleShown(log, signer, world, org, sessionsOf(body.grants));
        const { emit, older, rosterChanged, readersChanged } = await greeted(ports.db, { org, site, station }, body);
        if (isBack || rosterChanged || readersChanged) ports.rosterChanged(org, site);
        // Whoever is between its greeting and its live channel did not hear of it.
        if (readersChanged) again(org, site);
        const siteKeys = await keys.siteKeys(org, site);
        if (body.keys) {
          const { waits, moved } = await keys.held(org, site, station, body.keys);
          if (moved) ports.rosterChanged(org, site);
          else if (waits) askForKeys(org, site);
        }
        return {
          ...answer,
          emit: [...emit],
          ...(body.asksOlder ? { older: older.map((one) => ({ ...one, lacks: [...one.lacks] })) } : {}),
          roster: await ports.rosterOf(org, site, body.keys ?? []),
          siteKeys: siteKeys.map((key) => ({ id: key.id, key: Buffer.from(key.bytes).toString('base64url') })),
          now: world.clock(),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sync/push',
      title: 'Frames of the site’s logs; acknowledged once they are durable',
      access: 'device',
      budget: 'emergency',
      body: PushInSchema,
      output: PushOutSchema,
      bodyLimit: LARGEST_PUSH,
      handler: ({ caller: { org, site }, body }) => ports.take(org, site, body),
    }),
    route({
      method: 'GET',
      path: '/v1/sync/pull',
      title: 'The site’s stream after a number; asked with another epoch, an empty page that names the current one',
      access: 'device',
      budget: 'emergency',
      query: PullQuerySchema,
      output: StreamPageSchema,
      handler: async ({ caller: { org, site }, query }) => {
        const page = await pullPage(log, org, site, query);
        if (page !== 'elsewhere') return page;
        throw new Problem(409, 'stream.elsewhere', 'The stream is another than the one read so far: greet first.');
      },
    }),
    route({
      method: 'GET',
      path: '/v1/sync/snapshot',
      title: 'What a new station starts from',
      access: 'device',
      budget: 'emergency',
      output: SnapshotSchema,
      handler: async ({ caller: { org, site } }) => new JsonText(await snapshotOf(org, site)),
    }),
    route({
      method: 'GET',
      path: '/v1/sync/entity',
      title: 'All facts about an entity that the site holds, with their numbers on its stream',
      access: 'device',
      budget: 'emergency',
      query: z.strictObject({ ref: EntityRefSchema }),
      output: EntityFactsSchema,
      handler: async ({ caller: { org, site }, query: { ref } }) => {
        const epoch = await log.epoch(org);
        const { items, keys: envelopes } = await log.entityFacts(org, site, ref);
        return { epoch, from: 0, items: [...items], keys: [...envelopes], head: await log.streamHead(org, site) };
      },
    }),
  ];
}
