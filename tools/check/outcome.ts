/** What one check found. `detail` is for people and only shown when the check failed. */
export type Outcome = {
  readonly ok: boolean;
  /** One line: what was looked at, or what is wrong. */
  readonly summary: string;
  readonly detail?: string;
};

/** A check of the source: its name on the command line, what it is called in the report, and the check itself. */
export type Check = {
  readonly name: string;
  readonly title: string;
  readonly run: (options: { fix?: boolean }) => Promise<Outcome>;
};

/** "1 file", "3 files". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
