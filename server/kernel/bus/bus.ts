/**
 * What the nodes of a center tell each other in passing: over Redis where there is one, else over PostgreSQL (NOTIFY), and over that
 * too for whom Redis does not reach. A hint and no more: whatever is missed here, stations pull. A node that is alone says nothing
 * but that it is there.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock } from '#domain/kernel/ids.ts';
import { PresenceSchema } from '#domain/wire/sync.ts';
import type { Database } from '../db/database.ts';

const Name = z.string().max(128);
const WordSchema = z.discriminatedUnion('t', [
  /** This many items were committed after `after` on a site's stream. */
  z.object({ t: z.literal('committed'), org: Name, site: Name, after: z.int(), count: z.int() }),
  z.object({ t: z.literal('roster'), org: Name, site: Name }),
  z.object({ t: z.literal('presence'), org: Name, site: Name, presence: PresenceSchema }),
]);
export type Word = z.infer<typeof WordSchema>;
const SaidSchema = z.object({
  node: Name,
  word: z.union([WordSchema, z.object({ t: z.literal('here') }), z.object({ t: z.literal('gone') })]),
});

export interface Bus {
  /** Says nothing where no other node is there to hear it. */
  readonly tell: (word: Word) => void;
  readonly stop: () => Promise<void>;
}

export interface BusOptions {
  readonly redis: Redis | null;
  readonly db: Pick<Database, 'listen' | 'pool'>;
  readonly node: string;
  readonly clock: Clock;
  readonly onWord: (word: Word) => void;
}

const CHANNEL = 'qd_bus';
const HERE_EVERY_MS = 5_000;
/** A node that was not heard of for so long is gone. */
const GONE_AFTER_MS = 20_000;
/** PostgreSQL carries 8,000 bytes in one notice. */
const LONGEST = 7_000;

/** What is said reaches nodes that are there; nothing is kept for others. */
export async function openBus({ redis, db, node, clock, onWord }: BusOptions): Promise<Bus> {
  const others = new Map<string, number>();
  const database = overPostgres(db, hear);
  const quick = redis ? overRedis(redis, hear) : null;
  /** `everywhere`: over all that there is, whoever is reached by the first. */
  const say = async (word: z.infer<typeof SaidSchema>['word'], everywhere = false): Promise<void> => {
    const text = JSON.stringify({ node, word });
    if (text.length > LONGEST) return;
    const reached = (await quick?.send(text).catch(() => 0)) ?? 0;
    // This node hears itself there.
    if (everywhere || reached <= others.size) await database.send(text).catch(() => undefined);
  };

  function hear(text: string): void {
    const read = SaidSchema.safeParse(parsed(text));
    if (!read.success || read.data.node === node) return;
    const { node: from, word } = read.data;
    const isNew = !others.has(from);
    others.set(from, clock());
    if (word.t === 'gone') others.delete(from);
    // Whoever has just come hears at once that somebody is here.
    else if (word.t === 'here') isNew && void say({ t: 'here' }, true);
    else onWord(word);
  }

  const here = setInterval(() => {
    for (const [name, heardAt] of others) if (heardAt < clock() - GONE_AFTER_MS) others.delete(name);
    void say({ t: 'here' }, true);
  }, HERE_EVERY_MS);
  here.unref();
  await Promise.all([quick?.ready, database.ready]);
  void say({ t: 'here' }, true);
  return {
    tell: (word) => void (others.size > 0 && say(word)),
    stop: async () => {
      clearInterval(here);
      await say({ t: 'gone' }, true);
      await Promise.all([quick?.stop(), database.stop()]);
    },
  };
}

interface Transport {
  /** How many nodes hear it, ourselves among them; 0 where that is not said. */
  readonly send: (text: string) => Promise<number>;
  /** Resolves once it hears, or what it hears by is found to be away: then it hears when that is back. */
  readonly ready: Promise<void>;
  readonly stop: () => Promise<void>;
}

function overPostgres(db: BusOptions['db'], hear: (text: string) => void): Transport {
  const first = Promise.withResolvers<void>();
  const stop = db.listen(CHANNEL, (said) => (said === null ? first.resolve() : hear(said)));
  const send = async (text: string): Promise<number> => {
    await db.pool.query('select pg_notify($1, $2)', [CHANNEL, text]);
    return 0;
  };
  return { send, ready: first.promise, stop };
}

function overRedis(redis: Redis, hear: (text: string) => void): Transport {
  // A connection that listens does nothing else.
  const listening = redis.duplicate({
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  });
  const first = Promise.withResolvers<void>();
  listening.on('error', () => first.resolve());
  listening.on('message', (_channel, text) => hear(text));
  listening.subscribe(CHANNEL).then(
    () => first.resolve(),
    () => first.resolve(),
  );
  return {
    send: (text) => redis.publish(CHANNEL, text),
    ready: first.promise,
    stop: async () => listening.disconnect(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
