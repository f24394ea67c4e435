/**
 * Group commit: what is asked for one organisation while something asked before is on its way goes together in the next
 * transaction, and one commit serves all of it. Two organisations are never in one group.
 */
interface Grouping<A, R> {
  /** Groups of an organisation on their way at once; with one they follow each other. */
  readonly lanes: number;
  /** The weight of a group at most; one that is heavier goes alone. */
  readonly most: number;
  readonly weightOf?: (asked: A) => number;
  /** Answers each in its place. Where it rejects, nothing of the group has happened, and each is asked again alone. */
  readonly run: (org: string, group: readonly A[]) => Promise<readonly R[]>;
}

interface Waiting<A, R> {
  readonly asked: A;
  readonly settle: (answer: R) => void;
  readonly fail: (error: unknown) => void;
}

export function inGroups<A, R>({ lanes, most, weightOf = () => 1, run }: Grouping<A, R>) {
  const organisations = new Map<string, { readonly waiting: Waiting<A, R>[]; running: number }>();

  const together = async (org: string, group: readonly Waiting<A, R>[]): Promise<void> => {
    try {
      const answers = await run(
        org,
        group.map(({ asked }) => asked),
      );
      group.forEach(({ settle }, i) => {
        settle(answers[i] as R);
      });
    } catch (error) {
      // One that cannot be answered must not fail those it came with.
      if (group.length === 1) group[0]?.fail(error);
      else for (const one of group) await together(org, [one]);
    }
  };

  const next = (waiting: Waiting<A, R>[]): readonly Waiting<A, R>[] => {
    let weight = 0;
    const fits = waiting.findIndex(({ asked }, i) => {
      weight += weightOf(asked);
      return i > 0 && weight > most;
    });
    return waiting.splice(0, fits === -1 ? waiting.length : fits);
  };

  const go = (org: string): void => {
    const of = organisations.get(org);
    if (!of) return;
    const group = next(of.waiting);
    if (group.length === 0) {
      if (--of.running === 0) organisations.delete(org);
      return;
    }
    // A turn of the loop lets in what has come meanwhile.
    void together(org, group).then(() => setImmediate(go, org));
  };

  return (org: string, asked: A): Promise<R> =>
    new Promise((settle, fail) => {
      const of = organisations.get(org) ?? { waiting: [], running: 0 };
      organisations.set(org, of);
      of.waiting.push({ asked, settle, fail });
      if (of.running === lanes) return;
      of.running++;
      setImmediate(go, org);
    });
}
