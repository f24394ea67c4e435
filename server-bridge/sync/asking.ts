/** What is asked of the center on behalf of the decisions, and what each answer or failure is to them. */
import { type HelloIn, type HelloOut, WIRE_VERSION } from '../../domain/wire/sync.ts';
import { shownGrants } from '../session/grants.ts';
import { guessesTold, untoldGuesses } from '../session/guesses.ts';
import type { Store } from '../store/store.ts';
import type { Exchanges } from './exchanges.ts';
import type { Outbox } from './outbox.ts';
import { pushOf, takenOf } from './outgoing.ts';
import type { Pages } from './pages.ts';
import { type CenterPort, UNTRUSTED } from './ports.ts';
import type { Greeted } from './reach.ts';
import { type Doing, type SyncEvent, TIMES } from './state.ts';

/** Most logs that a greeting names. */
const HELLO_LOGS = 20_000;

export type Asking = Pick<Doing, 'hello' | 'pull' | 'fetchSnapshot' | 'push' | 'sendRequests'>;

export interface AskingOptions {
  readonly store: Store;
  readonly center: CenterPort;
  readonly exchange: Exchanges['run'];
  readonly pages: Pages;
  readonly outbox: Outbox;
  readonly happen: (event: SyncEvent) => void;
  readonly steady: () => number;
  readonly build: string;
  /** `type@v` that this build reads. */
  readonly reads: readonly string[];
  readonly lanAddress: string;
  /** The epoch that the decisions know; null before the first answer. */
  readonly epoch: () => string | null;
  readonly greeting: {
    /** Before the decisions hear of an answer; `roundTrip` in ms. */
    readonly answered: (answer: HelloOut, roundTrip: number) => void;
    readonly ended: (how: Greeted) => void;
    /** Keys of the site that the center lacks. */
    readonly lacked: () => Readonly<HelloOut['siteKeys']>;
    /** After the decisions heard of an answer. */
    readonly heard: () => void;
  };
}

export function createAsking(options: AskingOptions): Asking {
  const { store, center, exchange, pages, outbox, happen, steady, greeting } = options;
  const grants = shownGrants(store);

  const hello = (): void => {
    const guesses = untoldGuesses(store);
    const cursorHash = store.cursorHash();
    const forgotten = store.forgottenRoster();
    const lacked = greeting.lacked();
    const input: HelloIn = {
      wire: WIRE_VERSION,
      build: options.build,
      reads: [...options.reads],
      cursor: store.cursor(),
      ...(cursorHash === null ? {} : { cursorHash }),
      logs: store.held().slice(-HELLO_LOGS),
      lanAddress: options.lanAddress,
      grants: grants(),
      keys: store.keysHeld(),
      asksOlder: true,
      ...(forgotten === null ? {} : { roster: forgotten }),
      ...(lacked.length > 0 ? { lacked: [...lacked] } : {}),
      ...(guesses.length > 0 ? { guesses: [...guesses] } : {}),
    };
    const sentAt = steady();
    exchange(
      () => center.hello(input),
      (answer) => {
        guessesTold(store, guesses);
        greeting.answered(answer, steady() - sentAt);
        // A disk that refuses fails the greeting, which is said again: what is decided of an answer cannot be half done.
        store.beginEpoch(answer.epoch);
        greeting.ended('taken');
        happen({ t: 'helloAnswered', epoch: answer.epoch, head: answer.head, wants: answer.wants });
        greeting.heard();
      },
      (why, said, code) => {
        if (why !== 'unreachable') greeting.ended({ refusal: said });
        else greeting.ended(code === UNTRUSTED ? { hindrance: said } : 'not answered');
        happen({ t: 'helloFailed', why });
      },
      true,
    );
  };

  const push: Asking['push'] = ({ lane, push: id, logs }) => {
    const { push: input, through } = pushOf(store, logs);
    happen({ t: 'pushLeft', lane, push: id, through });
    if (input.frames.length === 0) {
      happen({ t: 'pushAnswered', lane, push: id, epoch: options.epoch() ?? '', acks: [], problems: [] });
      return;
    }
    exchange(
      () => center.push(input),
      (answer) => {
        store.acknowledge(answer.acks, takenOf(input.frames, answer.problems));
        const acks = answer.acks.filter((ack) => ack.epoch === answer.epoch);
        happen({ t: 'pushAnswered', lane, push: id, epoch: answer.epoch, acks, problems: answer.problems });
      },
      (why) => happen({ t: 'pushFailed', lane, push: id, why }),
    );
  };

  return {
    hello,
    push,
    pull: ({ epoch, after, limit }) =>
      exchange(
        () => center.pull(epoch, after, limit, pages.hashAt(after)),
        (page) => happen({ t: 'pullAnswered', page: pages.came(page) }),
        (why) => happen({ t: 'pullFailed', why }),
      ),
    fetchSnapshot: () =>
      exchange(
        () => center.snapshot(),
        (snapshot) => {
          store.applySnapshot(snapshot);
          // Its heads are of the center's own logs too, and those are not for peers.
          const exchanged = new Set(store.spokenHeads().map(({ log }) => log));
          const heads = snapshot.heads.filter(({ log }) => exchanged.has(log));
          happen({ t: 'snapshotArrived', cursor: snapshot.cursor, heads });
        },
        (why) => happen({ t: 'snapshotFailed', why }),
      ),
    sendRequests: () =>
      exchange(
        outbox.send,
        (outcome) => happen({ t: 'requestsSent', ...outcome }),
        // The store could not be read, or kept nothing of what became of one: it waits on, and is sent again.
        (why) => happen({ t: 'requestsSent', again: TIMES.storeRefused, why }),
      ),
  };
}
