/** Enrolment: a one-time code makes this workstation a station of its site. Asked once in its life, so plain `fetch` does. */
import { done, type Outcome, RefusalSchema, refused } from '../domain/kernel/refusal.ts';
import { type EnrolOut, EnrolOutSchema } from '../domain/wire/sync.ts';

export interface EnrolWith {
  readonly center: string;
  readonly code: string;
  readonly name: string;
  /** Public device key, base64url. */
  readonly deviceKey: string;
  readonly lanAddress: string;
}

const WAIT_MS = 20_000;

function wordOf(body: unknown): string {
  const refusal = RefusalSchema.safeParse(body);
  if (refusal.success) return refusal.data.message;
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === 'string' ? detail : 'The center refused the enrolment.';
}

/** Refusals: `enrol.unreachable`, `enrol.refused` with what the center said, `enrol.unreadable`. */
export async function enrol(given: EnrolWith): Promise<Outcome<EnrolOut>> {
  const { center, ...input } = given;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${center}/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    body = await response.json().catch(() => null);
  } catch {
    return refused(
      'enrol.unreachable',
      `The center at ${center} is not reached, and a new workstation needs it once: check its address and the network.`,
    );
  }
  if (!response.ok) return refused('enrol.refused', `${wordOf(body)} Ask an administrator for a new code.`);
  const out = EnrolOutSchema.safeParse(body);
  return out.success
    ? done(out.data)
    : refused('enrol.unreadable', `What answers at ${center} is not a center of this version: check its address.`);
}
