/**
 * What is begun side by side and is of use only in order: handed on in the order in which it was begun, whichever is ready first.
 * Each line has an order of its own. What fails does so at once and holds nobody up.
 */
export function inTurn(): <T>(line: string, begun: Promise<T>) => Promise<T> {
  const lines = new Map<string, Promise<unknown>>();
  return async (line, begun) => {
    const before = lines.get(line);
    const over: Promise<void> = Promise.allSettled([begun, before]).then(() => {
      if (lines.get(line) === over) lines.delete(line);
    });
    lines.set(line, over);
    const value = await begun;
    await before;
    return value;
  };
}
