/** What a center's API answered, or what it refused with. */
import { z } from 'zod';
import { noCenterAt } from './operator.ts';

/** What the center refuses with (RFC 9457). */
const ProblemSchema = z.object({ code: z.string(), detail: z.string() });

/** A refusal of the center, in its own words. */
export class CenterRefused extends Error {
  readonly code: string;
  constructor({ code, detail }: z.infer<typeof ProblemSchema>) {
    super(`The center refused: ${detail}`);
    this.code = code;
  }
}

/** The JSON of an answer of the center at `url`, null of none. Rejects with its refusal, or where what answers is no center. */
export async function answerOf(response: Response, url: string): Promise<unknown> {
  const said = jsonIn(await response.text());
  if (response.ok && said !== undefined) return said;
  const problem = ProblemSchema.safeParse(said);
  throw problem.success ? new CenterRefused(problem.data) : new Error(noCenterAt(url));
}

/** Null of nothing, undefined of what is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
