/** Undoing what was begun. */

/**
 * Runs every step, the last one first, and takes them away. What a step throws keeps none of the others from running: it is
 * thrown once all have, as an AggregateError where it is more than one.
 */
export async function undoAll(steps: (() => Promise<unknown>)[]): Promise<void> {
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
