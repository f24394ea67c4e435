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

/** Turns what zod found into one sentence that names the field, says what it must be, and never echoes the value. */
export function refusalOf(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  const field = (path || (issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : '')).slice(0, 80);
  return { code: 'field.invalid', field, message: `${field || 'The input'} ${whatIsWrong(issue)}.` };
}

/** How many values of a list a sentence names. */
const MOST_NAMED = 24;
const FORMATS: { readonly [format: string]: string } = {
  email: 'an e-mail address',
  url: 'an address such as https://center.example',
  uuid: 'a UUID',
};

/** Of a number it can be said in few words which would do. */
const isNumber = ({ origin }: { readonly origin: string }): boolean => origin === 'number' || origin === 'int';

function whatIsWrong(issue: z.core.$ZodIssue | undefined): string {
  // What a schema says itself follows the name of the field and so begins small; what zod says by itself does not.
  if (issue && /^[a-z]/.test(issue.message)) return issue.message;
  if (issue?.code === 'unrecognized_keys') return 'is not a field of this; leave it out';
  if (issue?.code === 'too_big') {
    if (!isNumber(issue)) return 'is too long or too large';
    return issue.inclusive === false ? `must be less than ${issue.maximum}` : `must be ${issue.maximum} at most`;
  }
  if (issue?.code === 'too_small') {
    if (!isNumber(issue)) return 'is missing or too short';
    return issue.inclusive === false ? `must be more than ${issue.minimum}` : `must be ${issue.minimum} at least`;
  }
  if (issue?.code === 'invalid_type') {
    if (issue.message.endsWith('received undefined')) return 'is missing';
    return `must be ${issue.expected === 'int' ? 'a whole number' : issue.expected}`;
  }
  if (issue?.code === 'invalid_value' && issue.values.length <= MOST_NAMED) {
    return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
  }
  const format = issue?.code === 'invalid_format' ? FORMATS[issue.format] : undefined;
  return format === undefined ? 'is not valid' : `must be ${format}`;
}
