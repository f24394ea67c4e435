/** The demo's administrator at another browser, who saves while somebody types at theirs. */
import { z } from 'zod';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';

export const RowsSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), site: z.string(), version: z.int(), body: z.record(z.string(), z.json()) }),
  ),
});

/** Changes a record that is like that. */
export async function anotherSaves(
  url: string,
  kind: string,
  which: (body: { readonly [field: string]: unknown }) => boolean,
  change: object,
): Promise<void> {
  const token = await signIn(url, DEMO_ADMINISTRATOR);
  const { items } = await askCenter(url, `/v1/entities/${kind}?limit=500&sort=-updatedAt`, RowsSchema, { token });
  const row = items.find(({ body }) => which(body));
  if (!row) throw new Error(`no ${kind} is like that`);
  const { id, site, version, body } = row;
  const records = [{ kind, id, version, body: { ...body, ...change } }];
  await askCenter(url, `/v1/sites/${site}/records`, z.looseObject({}), { token, body: { records } });
}

/** Sets the whole of it anew. */
export async function anotherPuts(url: string, path: string, body: object): Promise<void> {
  const token = await signIn(url, DEMO_ADMINISTRATOR);
  const answer = await fetch(new URL(path, url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}
