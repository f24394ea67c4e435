/** Requests: what needs the center's authority. Each is decided once, by its id; asked again it gets the same answer. */
import type { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import { REQUEST_INPUTS, type RequestIn, type RequestOut } from '#domain/wire/sync.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Asking as Client } from '../../kernel/db/flight.ts';
import type { Caller } from '../../kernel/http/auth.ts';
import { Problem, taken } from '../../kernel/http/problem.ts';
import type { CenterContext } from '../../kernel/part.ts';
import { type Asking, whoAsk } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';
import { answeredBy, DecidedMeanwhile, keep, keptOf } from './kept.ts';
import { leaseNumbers } from './leases.ts';
import { answerOf, type Call, putDecider, scopeOf } from './puts.ts';
import type { Put } from './records.ts';
import { objectionTo } from './right.ts';

export interface RequestPorts extends Pick<CenterContext, 'db' | 'log' | 'clock' | 'random' | 'circumstancesOf'> {
  /** Marks the hand-off of an incident as due, in the transaction of the client; false where the incident is not known. */
  readonly handoffDue: (client: Client, org: string, site: string, incident: string) => Promise<boolean>;
}

type InputOf<K extends keyof typeof REQUEST_INPUTS> = z.infer<(typeof REQUEST_INPUTS)[K]>;

/** What is asked, by how it is decided. */
type Asked =
  | { readonly by: 'put'; readonly puts: readonly Put[] }
  | { readonly by: 'lease'; readonly input: InputOf<'numbers.lease'> }
  | { readonly by: 'handoff'; readonly incident: string }
  /** It is not a request that can be decided: answered, and not kept. */
  | { readonly by: 'nothing'; readonly decided: Decided };

export type DecideRequest = (
  caller: Caller,
  input: RequestIn,
  request: string,
  reason: string | null,
) => Promise<RequestOut>;

/**
 * Decides a request, or repeats what was decided; also where the same request is being decided twice at once (a station
 * that asks again while its first asking is still on the way). Throws Problem where the request itself is not one.
 */
export function requestDecider(ports: RequestPorts): DecideRequest {
  const decidePuts = putDecider(ports);
  const once = (call: Call): Promise<RequestOut> => {
    const asked = askedBy(call.input);
    return asked.by === 'put' ? decidePuts({ ...call, puts: asked.puts }) : decideAlone(ports, call, asked);
  };
  return async (caller, input, request, reason) => {
    const digest = sha256(canonicalJson({ kind: input.kind, input: input.input as Json }));
    const call = { caller, input, digest, request, reason };
    try {
      return await once(call);
    } catch (error) {
      if (!(error instanceof DecidedMeanwhile)) throw error;
      return once(call);
    }
  };
}

function askedBy({ kind, input }: RequestIn): Asked {
  const schema = Object.hasOwn(REQUEST_INPUTS, kind) ? REQUEST_INPUTS[kind as keyof typeof REQUEST_INPUTS] : null;
  if (!schema) {
    const reason = 'This center does not know this kind of request; it may be older than your console.';
    return { by: 'nothing', decided: refusedBy('request.kind@1', reason, [kind]) };
  }
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    return { by: 'nothing', decided: refusedBy('request.valid@1', refusalOf(parsed.error).message, [kind]) };
  }
  switch (kind as keyof typeof REQUEST_INPUTS) {
    case 'record.put':
      return { by: 'put', puts: [parsed.data as InputOf<'record.put'>] };
    case 'record.put_many':
      return { by: 'put', puts: (parsed.data as InputOf<'record.put_many'>).records };
    case 'numbers.lease':
      return { by: 'lease', input: parsed.data as InputOf<'numbers.lease'> };
    case 'handoff.derive':
      return { by: 'handoff', incident: (parsed.data as InputOf<'handoff.derive'>).incident };
  }
}

async function decideAlone(ports: RequestPorts, call: Call, asked: Exclude<Asked, { by: 'put' }>): Promise<RequestOut> {
  const { input, digest } = call;
  const { org } = call.caller;
  const [[who], kept] = await ports.db.inFlight({ org }, (client) =>
    Promise.all([whoAsk(client, [call]), keptOf(client, [input.id])]),
  );
  if (!who) throw new Error('nobody was looked up');
  const asking = taken(who, 400);
  const before = kept.get(input.id);
  if (before) {
    const answer = answeredBy(before, asking, digest);
    if (answer instanceof Problem) throw answer;
    return answer;
  }
  if (asked.by === 'nothing') return answerOf(input.id, asked.decided);
  const scope = { org, ...scopeOf(call, asking) };
  // What is done and the word of it stand or fall together: where the answer is lost, it is answered again and not repeated.
  return ports.db.inOrgClient(scope, async (client) => {
    const decided =
      asked.by === 'lease'
        ? await leaseNumbers(ports, client, asking, asked.input)
        : await deriveHandoff(ports, client, asking, asked.incident);
    const answer = answerOf(input.id, decided);
    await keep(client, asking, input, digest, answer, ports.clock());
    return answer;
  });
}

async function deriveHandoff(
  { circumstancesOf, clock, handoffDue }: RequestPorts,
  client: Client,
  asking: Asking,
  incident: string,
): Promise<Decided> {
  const circumstances = await circumstancesOf(asking.org);
  const objection = objectionTo(circumstances, asking, CAD_ACTIONS['handoff.derive'], clock());
  if (objection) return objection;
  return (await handoffDue(client, asking.org, asking.site, incident))
    ? accepted()
    : refusedBy('incident.known@1', 'The center does not know this incident yet.', [incident]);
}
