/** Lists that the center answers page by page, read to their end. */
import type { z } from 'zod';
import type { Center } from './center.ts';
import type { Answer } from './problem.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next begins; null on the last. */
  readonly next: string | null;
}

/** All of them as one page. `path` has a query; where one of them is refused, all are. */
export async function allPages<T>(
  center: Center,
  path: string,
  schema: z.ZodType<Page<T>>,
  signal?: AbortSignal,
): Promise<Answer<Page<T>>> {
  const items: T[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const from: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const answer: Answer<Page<T>> = await center.ask({ path: `${path}${from}`, answer: schema, signal });
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    after = answer.value.next;
  }
  return { ok: true, value: { items, next: null } };
}
