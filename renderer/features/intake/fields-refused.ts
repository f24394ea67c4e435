/** Why what was typed cannot be part of an incident, in the words of the form. Pure. */
import { type IncidentFields, IncidentFieldsSchema } from '#domain/cad/facts.ts';

const NAMES: { readonly [path: string]: string } = {
  'location.text': 'The location',
  'location.detail': 'The detail',
  'location.zone': 'The zone',
  'nature.text': 'The nature',
  callback: 'The callback',
  caller: 'The caller',
  patient: 'What is said of the patient',
};

/** One sentence with the way out; null where the incident takes it. */
export function fieldsRefused(set: IncidentFields): string | null {
  const read = IncidentFieldsSchema.safeParse(set);
  if (read.success) return null;
  const [issue] = read.error.issues;
  const name = NAMES[issue?.path.join('.') ?? ''] ?? 'This';
  if (issue?.code === 'too_big')
    return `${name} is too long: ${issue.maximum} characters at most. The rest can be a note.`;
  return `${name} cannot be taken like that.`;
}
