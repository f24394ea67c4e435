/** Requests on their way to the center, in order per entity, and the leases of incident numbers that the station asks for. */
import { yearIn } from '../../domain/cad/sentences/local-time.ts';
import { type RandomBytes, uuidV7 } from '../../domain/kernel/ids.ts';
import { LeaseSchema, type RequestOut } from '../../domain/wire/sync.ts';
import { siteZone } from '../site-zone.ts';
import { keptIfRoom, takesNothing } from '../store/state.ts';
import type { OutboxRequest, Store } from '../store/store.ts';
import { type CenterPort, SyncFailure } from './ports.ts';
import type { Failure } from './state.ts';
import type { TakingAgain } from './taking-again.ts';

const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;
const LEASE = 'numbers.lease';
/** Toward the year's end numbers of the next are leased too. ms */
const YEAR_AHEAD = 7 * 86_400_000;

export interface OutboxOptions {
  readonly store: Store;
  readonly center: Pick<CenterPort, 'request'>;
  readonly steady: () => number;
  readonly random: RandomBytes;
  readonly luck: () => number;
  /** Numbers asked for at once, and how many left over ask for more. */
  readonly leaseSize: number;
  readonly leaseAt: number;
  /** Runs something once the disk takes what it is given again. */
  readonly onceTaken: TakingAgain['onceTaken'];
  /** A request that waited for the disk is due. */
  readonly due: () => void;
}

export interface Outbox {
  /** Tries every request that is due; what stopped it, and in how many ms the next is due. */
  readonly send: () => Promise<{ readonly again: number | null; readonly why?: Failure }>;
  /** Asks for numbers where few are left. */
  readonly keepNumbers: () => void;
  /** Everything that waits is due now. */
  readonly retry: () => void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { store, center, steady, luck } = options;
  /** By the steady clock, for the wall clock jumps. */
  const notBefore = new Map<string, number>();
  /** Answered, and the disk took nothing: the center is not asked for the answer again before it does. */
  const unkept = new Set<string>();
  let leaseNotBefore = 0;

  const firstOfEach = (): OutboxRequest[] => {
    const entities = new Set<string>();
    return store.requests(['waiting']).filter((request) => {
      if (request.entity === null) return true;
      if (entities.has(request.entity)) return false;
      entities.add(request.entity);
      return true;
    });
  };

  const answered = (request: OutboxRequest, answer: RequestOut): void => {
    store.requestAnswered(answer);
    if (request.kind !== LEASE) return;
    const lease = LeaseSchema.safeParse(answer.result);
    if (answer.state === 'accepted' && lease.success) {
      if (lease.data.log === store.log()) store.addLease(lease.data);
    } else leaseNotBefore = steady() + RETRY_MOST;
  };

  const send: Outbox['send'] = async () => {
    for (;;) {
      const waiting = firstOfEach().filter(({ id }) => !unkept.has(id));
      const due = waiting.find((request) => (notBefore.get(request.id) ?? 0) <= steady());
      if (!due) {
        const next = Math.min(...waiting.map((request) => notBefore.get(request.id) ?? 0));
        return { again: waiting.length === 0 ? null : Math.max(1, next - steady()) };
      }
      const { id, kind, session, by, madeAt, input } = due;
      try {
        const answer = await center.request({ id, kind, session, by, madeAt, input });
        notBefore.delete(id);
        if (answer.id === id) answered(due, answer);
        else throw new SyncFailure('refused', 'The center answered another request.');
      } catch (error) {
        if (takesNothing(error)) {
          unkept.add(id);
          options.onceTaken(() => {
            unkept.delete(id);
            options.due();
          });
          continue;
        }
        const failure =
          error instanceof SyncFailure ? error : new SyncFailure('refused', 'The answer could not be stored.');
        const wait = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** Math.min(due.attempts, 10)) * (0.5 + luck() / 2);
        keptIfRoom(() => store.requestFailed(id, failure.message, store.now() + Math.ceil(wait)));
        if (failure.kind !== 'refused') return { again: null, why: failure.kind };
        notBefore.set(id, steady() + wait);
      }
    }
  };

  const keepNumbers = (): void => {
    if (steady() < leaseNotBefore) return;
    const zone = siteZone(store);
    const years = new Set([yearIn(store.now(), zone), yearIn(store.now() + YEAR_AHEAD, zone)]);
    for (const year of years) {
      if (store.numbersLeft(year) >= options.leaseAt) continue;
      const asked = store.requests(['waiting']).filter((request) => request.kind === LEASE);
      if (asked.some(({ input }) => input.log === store.log() && input.year === year)) continue;
      const input = { log: store.log(), year, size: options.leaseSize };
      const id = uuidV7(store.now(), options.random);
      store.putRequest({ id, kind: LEASE, session: null, by: null, madeAt: store.now(), input }, `lease:${year}`);
    }
  };

  return { send, keepNumbers, retry: () => notBefore.clear() };
}
