/** What is verified in stretches of seconds, one question each. */

export interface Result {
  readonly holds: boolean;
  readonly text: string;
}

interface InStretches<T> {
  readonly soFar: (before: T | null, next: T) => T;
  /** What does not hold of it, a line each. */
  readonly found: (soFar: T) => readonly string[];
  /** How far it is. */
  readonly say: (soFar: T) => string;
  /** Before each line. */
  readonly named: string;
}

/**
 * Asks for one stretch after the other, and says on the error output how far it is. Where one is not answered after all, says what was
 * found so far and how to go on from there, and rejects. `ask` is given what follows in a query: `&limit=2&after=…`.
 */
export async function allStretches<T extends { readonly next: string | null }>(
  { after, stretch }: { readonly after?: string | undefined; readonly stretch?: number | undefined },
  ask: (query: string) => Promise<T>,
  { soFar, found, say, named }: InStretches<T>,
): Promise<T> {
  const limit = stretch === undefined ? '' : `&limit=${stretch}`;
  let said: T | null = null;
  for (let next: string | null = after ?? null; ; ) {
    const place: string = next === null ? '' : `&after=${encodeURIComponent(next)}`;
    try {
      said = soFar(said, await ask(`${limit}${place}`));
    } catch (error) {
      const lines = said === null ? [] : found(said).map((line) => `${named}${line}\n`);
      if (next !== null) process.stderr.write(`${lines.join('')}${named}Broken off; to go on there: --after ${next}\n`);
      throw error;
    }
    next = said.next;
    if (next === null) return said;
    process.stderr.write(`${named}${say(said)}\n`);
  }
}
