/**
 * Requests that put records: who asks, what was decided before, what is held, the change and its kept answer are one
 * transaction, under the lock of the organisation. A crash leaves all of it or nothing, so a request that is asked again is
 * decided once. Those that wait for the lock share a step: each is decided singly, in their order, and noted under its own
 * author.
 */
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { RequestOut } from '#domain/wire/sync.ts';
import { enteringBy, type Scope } from '../../kernel/db/database.ts';
import { inGroups } from '../../kernel/db/groups.ts';
import { Problem, problemOf } from '../../kernel/http/problem.ts';
import type { CenterContext } from '../../kernel/part.ts';
import { showNeighbours } from '../sites/neighbours.ts';
import { type Asking, type Brought, whoAsk } from './asking.ts';
import type { Decided } from './decisions.ts';
import { openDesk } from './desk.ts';
import { answeredBy, keep, keptOf } from './kept.ts';
import { judgePuts, type Put } from './records.ts';

export interface Call extends Brought {
  /** SHA-256 of what is asked. */
  readonly digest: string;
  /** The call it came with, and why, for the audit. */
  readonly request: string;
  readonly reason: string | null;
}

interface PutsAsked extends Call {
  readonly puts: readonly Put[];
}

interface Effect {
  readonly call: PutsAsked;
  readonly asking: Asking;
  readonly next: readonly RecordVersion[];
  readonly answer: RequestOut;
}

type Ports = Pick<CenterContext, 'log' | 'clock' | 'circumstancesOf'>;

/** Records of a step at most. */
const MOST_RECORDS = 500;

/** Rejects with Problem where the request is not one, and with DecidedMeanwhile. */
export function putDecider(ports: Ports): (asked: PutsAsked) => Promise<RequestOut> {
  const decide = inGroups<PutsAsked, RequestOut | Problem>({
    lanes: 1,
    most: MOST_RECORDS,
    weightOf: ({ puts }) => puts.length,
    run: (org, group) => decideTogether(ports, org, group),
  });
  return async (asked) => {
    const answer = await decide(asked.caller.org, asked);
    if (answer instanceof Problem) throw answer;
    return answer;
  };
}

async function decideTogether(
  { log, clock, circumstancesOf }: Ports,
  org: string,
  group: readonly PutsAsked[],
): Promise<readonly (RequestOut | Problem)[]> {
  const circumstances = await circumstancesOf(org);
  return log.intakeBeside(org, async (tx, client) => {
    const [who, kept, desk] = await Promise.all([
      whoAsk(client, group),
      keptOf(
        client,
        group.map(({ input }) => input.id),
      ),
      openDesk(
        client,
        group.flatMap(({ puts }) => puts),
      ),
    ]);
    const now = clock();
    const effects: Effect[] = [];
    const answers = group.map((call, i): RequestOut | Problem => {
      const outcome = who[i] as (typeof who)[number];
      if (!outcome.ok) return problemOf(outcome.refusal);
      const asking = outcome.value;
      const before = kept.get(call.input.id);
      if (before) return answeredBy(before, asking, call.digest);
      const { decided, next } = judgePuts(desk, asking, call.puts, circumstances, now);
      const answer = answerOf(call.input.id, decided);
      const { station, person } = asking;
      kept.set(call.input.id, { input: call.digest, station, by: person?.user ?? null, answer });
      effects.push({ call, asking, next, answer });
      return answer;
    });
    await Promise.all(
      effects.flatMap(({ call, asking, next, answer }) => [
        client.query(enteringBy({ org, ...scopeOf(call, asking) })),
        ...next.map((record) => tx.putRecord(asking.site, record)),
        keep(client, asking, call.input, call.digest, answer, now),
      ]),
    );
    for (const { asking, next } of effects) await showNeighbours(tx, client, asking.site, next);
    return answers;
  });
}

/** Who acts and why, as the audit rows of a request's effect say it. */
export function scopeOf({ request, reason }: Call, { person, station, session }: Asking): Omit<Scope, 'org'> {
  const actor = person?.user ?? (station === null ? null : `station:${station}`);
  return { actor, session, request, device: station, reason };
}

export function answerOf(id: string, decided: Decided): RequestOut {
  return { id, ...decided, result: decided.result as RequestOut['result'] };
}
