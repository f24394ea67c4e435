/** Undoing what was begun. */
import { CenterFailure } from './db/failure.ts';

/** How what was begun is ended, in the order in which it was begun. */
export type Closing = (() => Promise<unknown>)[];

/**
 * Runs every step, the last one first, and takes them away. What a step throws keeps none of the others from running: it is
 * thrown once all have, as an AggregateError where it is more than one.
 */
export async function undoAll(steps: Closing): Promise<void> {
  const failed: unknown[] = [];
  for (const step of steps.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 1) throw new AggregateError(failed, `${failed.length} parts did not close.`);
  if (failed.length === 1) throw failed[0];
}

/**
 * What an operator reads where the end did not go in order, as one line. Of an error its kind and code alone: what it says
 * may hold a connection string, or what somebody wrote.
 */
export function notClosed(error: unknown): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const said = errors.map((one) => {
    if (one instanceof CenterFailure) return one.message.replace(/\.$/, '');
    if (!(one instanceof Error)) return 'unknown error';
    const { code } = one as { readonly code?: unknown };
    return typeof code === 'string' && /^\w+$/.test(code) ? `${one.name} ${code}` : one.name;
  });
  return `The center ended, but not in order (${said.join('; ')}). What was acknowledged is kept: start it again.`;
}
