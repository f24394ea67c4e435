/** Why what was typed cannot be part of an incident, in the words of the form. Pure. */
import type { CallInput } from '#domain/bridge/calls.ts';
import { IncidentFieldsSchema } from '#domain/cad/facts.ts';
import { LONGEST_REFERENCE } from '#domain/cad/references.ts';

/** What a form changes of an incident. */
export type Edit = CallInput<'incident.edit'>['set'];

const NAMES: { readonly [path: string]: string } = {
  'location.text': 'The location',
  'location.detail': 'The detail',
  'location.zone': 'The zone',
  'nature.text': 'The nature',
  callback: 'The callback',
  caller: 'The caller',
  patient: 'What is said of the patient',
};

function numberRefused({ references = {} }: Edit): string | null {
  const isTooLong = Object.values(references).some((number) => number.length > LONGEST_REFERENCE);
  return isTooLong ? `The number is too long: ${LONGEST_REFERENCE} characters at most.` : null;
}

/** One sentence with the way out; null where the incident takes it. */
export function fieldsRefused(set: Edit): string | null {
  const read = IncidentFieldsSchema.safeParse(set);
  if (read.success) return numberRefused(set);
  const [issue] = read.error.issues;
  const name = NAMES[issue?.path.join('.') ?? ''] ?? 'This';
  if (issue?.code === 'too_big')
    return `${name} is too long: ${issue.maximum} characters at most. The rest can be a note.`;
  return `${name} cannot be taken like that.`;
}
