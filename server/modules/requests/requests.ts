/** Requests: what needs the center's authority. Each is decided once, by its id; asked again it gets the same answer. */
import type { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import { REQUEST_INPUTS, type RequestIn, type RequestOut } from '#domain/wire/sync.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Scope } from '../../kernel/db/database.ts';
import type { Caller } from '../../kernel/http/auth.ts';
import { Problem } from '../../kernel/http/problem.ts';
import type { CenterContext } from '../../kernel/part.ts';
import { type Asking, whoAsks } from './asking.ts';
import { accepted, type Decided, refusedBy } from './decisions.ts';
import { DecidedMeanwhile, keep, kept } from './kept.ts';
import { leaseNumbers } from './leases.ts';
import { putRecords } from './records.ts';
import { objectionTo } from './right.ts';

export interface RequestPorts extends Pick<CenterContext, 'db' | 'log' | 'clock' | 'random' | 'circumstancesOf'> {
  /** Marks the hand-off of an incident as due; false where the incident is not known. */
  readonly handoffDue: (org: string, site: string, incident: string) => Promise<boolean>;
}

type Kind = keyof typeof REQUEST_INPUTS;
type InputOf<K extends Kind> = z.infer<(typeof REQUEST_INPUTS)[K]>;

/**
 * Decides a request, or repeats what was decided; also where the same request is being decided twice at once (a station
 * that asks again while its first asking is still on the way). Throws Problem where the request itself is not one.
 */
export async function decideRequest(
  ports: RequestPorts,
  caller: Caller,
  input: RequestIn,
  request: string,
  reason: string | null,
): Promise<RequestOut> {
  try {
    return await decideOnce(ports, caller, input, request, reason);
  } catch (error) {
    if (!(error instanceof DecidedMeanwhile)) throw error;
    return decideOnce(ports, caller, input, request, reason);
  }
}

async function decideOnce(
  ports: RequestPorts,
  caller: Caller,
  input: RequestIn,
  request: string,
  reason: string | null,
): Promise<RequestOut> {
  const asking = await whoAsks(ports, caller, input);
  const digest = sha256(canonicalJson({ kind: input.kind, input: input.input as Json }));
  const before = await kept(ports.db, asking, input.id);
  if (before) {
    if (before.input !== digest || before.station !== asking.station) {
      throw new Problem(409, 'request.differs', 'Another request was made under this id; use a new id.', {
        field: 'id',
      });
    }
    return before.answer;
  }
  const kind = input.kind as Kind;
  const schema = Object.hasOwn(REQUEST_INPUTS, kind) ? REQUEST_INPUTS[kind] : null;
  const answer = (decided: Decided): RequestOut => ({
    id: input.id,
    ...decided,
    result: decided.result as RequestOut['result'],
  });
  if (!schema) {
    const reason = 'This center does not know this kind of request; it may be older than your console.';
    return answer(refusedBy('request.kind@1', reason, [input.kind]));
  }
  const parsed = schema.safeParse(input.input);
  if (!parsed.success) return answer(refusedBy('request.valid@1', refusalOf(parsed.error).message, [input.kind]));
  const scope: Omit<Scope, 'org'> = {
    actor: actorOf(asking),
    session: asking.session,
    request,
    device: asking.station,
    reason,
  };
  if (kind === 'numbers.lease') {
    // The lease and the word of it stand or fall together: a lease whose answer is lost is answered again, not repeated.
    return ports.db.inOrg({ org: asking.org, ...scope }, async (trx) => {
      const decided = await leaseNumbers(ports, trx, asking, parsed.data as InputOf<'numbers.lease'>);
      return keep(trx, asking, input, digest, answer(decided), ports.clock());
    });
  }
  const decided = await decideOther(ports, kind, asking, parsed.data, scope);
  return ports.db.inOrg({ org: asking.org, ...scope }, (trx) =>
    keep(trx, asking, input, digest, answer(decided), ports.clock()),
  );
}

/** These repeat harmlessly, so a crash before their answer is kept costs nothing. */
async function decideOther(
  ports: RequestPorts,
  kind: Exclude<Kind, 'numbers.lease'>,
  asking: Asking,
  data: unknown,
  scope: Omit<Scope, 'org'>,
): Promise<Decided> {
  switch (kind) {
    case 'record.put':
      return putRecords(ports, asking, [data as InputOf<'record.put'>], scope);
    case 'record.put_many':
      return putRecords(ports, asking, (data as InputOf<'record.put_many'>).records, scope);
    case 'handoff.derive': {
      const objection = await objectionTo(ports, asking, CAD_ACTIONS['handoff.derive']);
      if (objection) return objection;
      const { incident } = data as InputOf<'handoff.derive'>;
      const known = await ports.handoffDue(asking.org, asking.site, incident);
      return known
        ? accepted()
        : refusedBy('incident.known@1', 'The center does not know this incident yet.', [incident]);
    }
  }
}

function actorOf(asking: Asking): string | null {
  return asking.person?.user ?? (asking.station === null ? null : `station:${asking.station}`);
}
