/** Requests: what needs the center's word. They wait durably in the outbox; a person sees each that is not accepted. */
import type { CallInput, CallOutput } from '../../domain/bridge/calls.ts';
import { ROSTER_SCHEMAS, type RosterKind } from '../../domain/cad/roster.ts';
import type { Author } from '../../domain/kernel/fact.ts';
import { ADMINISTERING, allowed, type Role } from '../../domain/kernel/permission.ts';
import { done, type Outcome, refusalOf, refused } from '../../domain/kernel/refusal.ts';
import type { OutboxRequest, Store } from '../store/store.ts';
import type { Timers } from '../sync/ports.ts';

/** Changes of the roster keep the order in which they were made. */
const ROSTER_ORDER = 'roster';
/** What the center alone writes. */
const CENTER_ONLY: readonly RosterKind[] = ['person'];

type RecordIn = CallInput<'roster.put'>['records'][number];

/** The record's body against its declaration: the center would refuse it, so the person hears it at once. */
function recordRefusal(record: RecordIn, place: number): ReturnType<typeof refused> | null {
  const at = `records.${place}`;
  if (!Object.hasOwn(ROSTER_SCHEMAS, record.kind) || CENTER_ONLY.includes(record.kind as RosterKind)) {
    return refused('record.unknown_kind', 'Records of this kind cannot be changed here.', `${at}.kind`);
  }
  if (record.version > 0 && record.id === undefined) {
    return refused('field.invalid', 'A record that is changed needs its id.', `${at}.id`);
  }
  if (record.body === null) {
    return record.version > 0 ? null : refused('field.invalid', 'A new record needs a body.', `${at}.body`);
  }
  const parsed = ROSTER_SCHEMAS[record.kind as RosterKind].safeParse(record.body);
  if (parsed.success) return null;
  const refusal = refusalOf(parsed.error);
  return refused(refusal.code, `${record.kind}: ${refusal.message}`, `${at}.body.${refusal.field ?? ''}`);
}

/** Asks the center to change the roster. Refuses with `role.missing`, or naming the record's field. */
export function putRoster(
  input: CallInput<'roster.put'>,
  by: { readonly author: Author; readonly roles: readonly Role[] },
  store: Store,
  newId: () => string,
): Outcome<CallOutput<'roster.put'>> {
  if (!allowed(by.roles, ADMINISTERING)) return refused('role.missing', 'Only an administrator changes the roster.');
  for (const [place, record] of input.records.entries()) {
    const refusal = recordRefusal(record, place);
    if (refusal) return refusal;
  }
  const records = input.records.map((record) => ({ ...record, id: record.id ?? newId() }));
  const request = newId();
  store.putRequest(
    {
      id: request,
      kind: 'record.put_many',
      session: by.author.session,
      by: by.author.by,
      madeAt: store.now(),
      input: { records },
    },
    ROSTER_ORDER,
  );
  return done({ request, ids: records.map((record) => record.id) });
}

function requestOf(store: Store, id: string): OutboxRequest | undefined {
  return store.requests().find((request) => request.id === id);
}

const UNKNOWN = refused('request.unknown', 'There is no such request here.', 'request');

/** Sends a waiting request now; makes a refused one anew, because its own id has had its answer. */
export function retryRequest(store: Store, id: string, newId: () => string): Outcome<Record<string, never>> {
  const request = requestOf(store, id);
  if (!request || request.by === null) return UNKNOWN;
  if (request.state === 'waiting') store.requestFailed(id, request.lastError, store.now());
  else if (request.state === 'refused') {
    const { kind, session, by, input } = request;
    store.putRequest({ id: newId(), kind, session, by, input, madeAt: store.now() }, request.entity);
    store.withdrawRequest(id);
  } else return refused('request.settled', 'This request is settled already.', 'request');
  return done({});
}

export function withdrawRequest(store: Store, id: string): Outcome<Record<string, never>> {
  const request = requestOf(store, id);
  if (!request || request.by === null) return UNKNOWN;
  if (request.state === 'accepted') return refused('request.settled', 'The center has already done this.', 'request');
  store.withdrawRequest(id);
  return done({});
}

/** Resolves when the request is settled, or after `waitMs` with what is known then. */
export function awaitRequest(
  store: Store,
  timers: Timers,
  { request: id, waitMs }: CallInput<'request.await'>,
): Promise<Outcome<CallOutput<'request.await'>>> {
  const look = (): Outcome<CallOutput<'request.await'>> => {
    const request = requestOf(store, id);
    if (!request) return UNKNOWN;
    const state = request.state === 'withdrawn' ? 'refused' : request.state;
    return done({ state, decision: request.answer?.decision ?? null });
  };
  const now = look();
  if (!now.ok || now.value.state !== 'waiting') return Promise.resolve(now);
  return new Promise((resolve) => {
    const finish = (): void => {
      stopTimer();
      stopChange();
      resolve(look());
    };
    const stopTimer = timers.after(waitMs, finish);
    const stopChange = store.onChange((change) => {
      if (!change.requests) return;
      const seen = look();
      if (!seen.ok || seen.value.state !== 'waiting') finish();
    });
  });
}
