/**
 * Group commit: what is asked for one organisation while something asked before is on its way goes together in the next
 * transaction, and one commit serves all of it. Two organisations are never in one group.
 */
interface Grouping<A, R> {
  /** Groups of an organisation on their way at once; with one they follow each other. */
  readonly lanes: number;
  /** The weight of a group at most; one that is heavier goes alone. */
  readonly most: number;
  /**
   * So many that wait are a group worth a commit: they go before those of the group before are answered, so that the database
   * works meanwhile, and lanes that have more than this divide what there is. Left out, a group takes all who wait.
   */
  readonly enough?: number;
  readonly weightOf?: (asked: A) => number;
  /** Answers each in its place. Where it rejects, nothing of the group has happened, and each is asked again alone. */
  readonly run: (org: string, group: readonly A[]) => Promise<readonly R[]>;
}

interface Waiting<A, R> {
  readonly asked: A;
  readonly settle: (answer: R) => void;
  readonly fail: (error: unknown) => void;
}

/** Under a flood every turn brings more, and somebody waits to be answered meanwhile. */
const MOST_TURNS = 8;

/**
 * Lets in what is at the door, as long as more comes in with each turn of the loop: those who were answered together ask
 * again together, and a turn costs less than a commit of its own for one of them. Who does not go with the others, since
 * `most` wait already, is not waited for.
 */
export async function allIn(waiting: readonly unknown[], most = Number.POSITIVE_INFINITY): Promise<void> {
  let before = -1;
  for (let turn = 0; turn < MOST_TURNS && waiting.length > before && waiting.length < most; turn++) {
    before = waiting.length;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

interface Lanes<A, R> {
  readonly waiting: Waiting<A, R>[];
  running: number;
  /** How many are on their way. */
  away: number;
}

export function inGroups<A, R>({
  lanes,
  most,
  enough = Number.POSITIVE_INFINITY,
  weightOf = () => 1,
  run,
}: Grouping<A, R>) {
  const organisations = new Map<string, Lanes<A, R>>();

  /** Runs a group; whoever calls what it resolves to answers everybody in it. */
  const together = async (org: string, group: readonly Waiting<A, R>[]): Promise<() => void> => {
    try {
      const answers = await run(
        org,
        group.map(({ asked }) => asked),
      );
      return () => {
        group.forEach(({ settle }, i) => {
          settle(answers[i] as R);
        });
      };
    } catch (error) {
      if (group.length === 1) return () => group[0]?.fail(error);
      // One that cannot be answered must not fail those it came with.
      for (const one of group) (await together(org, [one]))();
      return () => undefined;
    }
  };

  const next = ({ waiting, away }: Lanes<A, R>): readonly Waiting<A, R>[] => {
    const share = Math.max(enough, Math.ceil((waiting.length + away) / lanes));
    let weight = 0;
    const fits = waiting.findIndex(({ asked }, i) => {
      weight += weightOf(asked);
      return i > 0 && (weight > most || i >= share);
    });
    return waiting.splice(0, fits === -1 ? waiting.length : fits);
  };

  /** A lane: groups one after the other, until nothing waits. */
  const drain = async (org: string, of: Lanes<A, R>): Promise<void> => {
    let answer: (() => void) | null = null;
    for (;;) {
      if (of.waiting.length < enough) {
        answer?.();
        answer = null;
        await allIn(of.waiting, Math.min(most, enough));
      }
      const group = next(of);
      if (group.length === 0) break;
      of.away += group.length;
      const asked = together(org, group);
      answer?.();
      answer = await asked;
      of.away -= group.length;
    }
    if (--of.running === 0) organisations.delete(org);
  };

  return (org: string, asked: A): Promise<R> =>
    new Promise((settle, fail) => {
      const of = organisations.get(org) ?? { waiting: [], running: 0, away: 0 };
      organisations.set(org, of);
      of.waiting.push({ asked, settle, fail });
      if (of.running === lanes) return;
      of.running++;
      void drain(org, of);
    });
}
