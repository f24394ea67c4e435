import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCenter } from './center.ts';
import { allPages } from './pages.ts';

const PageSchema = z.object({ items: z.array(z.int()), next: z.string().nullable() });

/** A center whose list has these pages; a page that is null is refused. */
function centerWith(pages: readonly (readonly number[] | null)[]) {
  const asked: string[] = [];
  const center = createCenter({
    fetch: async (input) => {
      asked.push(String(input));
      const at = Number(new URL(String(input), 'http://center').searchParams.get('after')?.slice('n '.length) ?? 0);
      const items = pages[at];
      if (!items)
        return new Response(JSON.stringify({ status: 503, code: 'center.busy', detail: 'x' }), { status: 503 });
      return new Response(JSON.stringify({ items, next: at + 1 < pages.length ? `n ${at + 1}` : null }));
    },
    csrf: () => '',
    refresh: () => Promise.resolve('over'),
    signedOut: () => undefined,
  });
  return { center, asked };
}

describe('a list that comes in pages', () => {
  it('is read to its end, in order', async () => {
    const { center, asked } = centerWith([[1, 2], [3, 4], [5]]);
    expect(await allPages(center, '/v1/list?limit=2', PageSchema)).toEqual({
      ok: true,
      value: { items: [1, 2, 3, 4, 5], next: null },
    });
    expect(asked).toEqual(['/v1/list?limit=2', '/v1/list?limit=2&after=n%201', '/v1/list?limit=2&after=n%202']);
  });

  it('is refused whole where one of them is', async () => {
    const { center } = centerWith([[1, 2], null]);
    expect(await allPages(center, '/v1/list?limit=2', PageSchema)).toMatchObject({ ok: false });
  });
});
