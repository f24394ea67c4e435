/** A clear no: which rule, which field, and the way out. The one shape of refusal on the bridge and on the wire. */
import { z } from 'zod';

export const RefusalSchema = z.object({
  /** Stable, for programs: `unit.unknown`, `field.invalid`, … */
  code: z.string(),
  /** Names the field at fault as the user knows it, where there is one. */
  field: z.string().optional(),
  /** One sentence: what is wrong and what to do. */
  message: z.string(),
});
export type Refusal = z.infer<typeof RefusalSchema>;

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(code: string, message: string, field?: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: field === undefined ? { code, message } : { code, message, field } };
}

/** Turns what zod found into one sentence that names the field and never echoes the value. */
export function refusalOf(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  const field = path || (issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : '');
  const what =
    issue?.code === 'unrecognized_keys'
      ? 'is not a field of this; leave it out'
      : issue?.code === 'too_big'
        ? 'is too long or too large'
        : issue?.code === 'too_small'
          ? 'is missing or too short'
          : issue?.code === 'invalid_type'
            ? `must be ${issue.expected}`
            : 'is not valid';
  return { code: 'field.invalid', field: field.slice(0, 80), message: `${field.slice(0, 80) || 'The input'} ${what}.` };
}
