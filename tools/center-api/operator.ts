/** The center's API as its operator uses it: by the token in the data folder, on its machine, without an account. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What the operator reads instead of a result. */
export class Refused extends Error {}

export type AskAsOperator = <S extends z.ZodType>(
  path: string,
  answer: S,
  more?: { readonly body?: object; readonly patience?: number },
) => Promise<z.output<S>>;

const PATIENCE = 30_000;

/** `folder`: the data folder of the center that runs at `center`. Rejects with {@link Refused}. */
export async function operatorOf(center: string, folder: string): Promise<AskAsOperator> {
  const token = await operatorTokenIn(folder);
  return async (path, answer, { body, patience = PATIENCE } = {}) => {
    const response = await fetch(new URL(`/v1/operator/organisations${path}`, center), {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(patience),
    }).catch(() => {
      throw new Refused(`No center answers at ${center}; see that it runs, or name another with --center.`);
    });
    const said: unknown = await response.json().catch(() => null);
    const problem = z.object({ detail: z.string() }).safeParse(said);
    if (!response.ok && problem.success) throw new Refused(problem.data.detail);
    const read = response.ok ? answer.safeParse(said) : null;
    if (read?.success) return read.data;
    throw new Refused(noCenterAt(center));
  };
}

/** For whoever named the address of something else: a workstation's console, a proxy without its center. */
export const noCenterAt = (address: string): string =>
  `What answers at ${address} is no center of this version; name another with --center.`;

async function operatorTokenIn(folder: string): Promise<string> {
  const file = join(folder, 'operator.token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Refused(`${file} cannot be read: name the data folder of the running center with --data, as its owner.`);
  }
}
