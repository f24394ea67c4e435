/** `MERCY 2`: a hospital, and how many patients are taken there. */
import { type Destination, MOST_PATIENTS } from '../facts.ts';
import { patientsWords } from '../sentences/words.ts';
import {
  type Found,
  findPlace,
  findPlaceByWords,
  type Line,
  needs,
  type Parsed,
  placeOption,
  refusal,
} from './reading.ts';
import type { PlaceWord } from './vocabulary.ts';

/** A number behind the words of a place, which may be left out; null where there is none. Pure. */
export function patientsBehind(typed: string): { readonly place: string; readonly patients: number | null } {
  const parts = /^(?:(.*?)\s+)?(\d{1,3})$/.exec(typed.trim());
  return parts ? { place: parts[1] ?? '', patients: Number(parts[2]) } : { place: typed.trim(), patients: null };
}

/** Why a number of patients cannot be one; null where it can. */
export function objectionToCount(patients: number): string | null {
  if (patients === 0) return 'A transport has a patient. With nobody aboard, strike when it left: T unit TR - why.';
  return patients > MOST_PATIENTS ? `At most ${MOST_PATIENTS} patients go with one unit.` : null;
}

const find = (hospitals: readonly PlaceWord[], text: string): Found<PlaceWord> =>
  findPlace(hospitals, text) ?? findPlaceByWords(hospitals, text);

/** From word `n` on, of `units` units at once. What is a hospital as it stands, number and all, is that; else a number behind it counts the patients. */
export function readHospital(
  line: Line,
  n: number,
  units: number,
):
  | { readonly extras: { readonly destination: Destination; readonly patients?: number }; readonly words: string }
  | Parsed {
  const from = line.words[n]?.from ?? line.text.length;
  const text = line.text.slice(from).trim();
  const hospitals = line.vocabulary.hospitals();
  const whole = text === '' ? null : find(hospitals, text);
  const { place, patients } = whole ? { place: text, patients: null } : patientsBehind(text);
  const objection = patients === null ? null : objectionToCount(patients);
  if (objection !== null) return refusal('field.invalid', objection, 'patients');
  const found = whole ?? (place === '' ? null : find(hospitals, place));
  const at = text === '' ? undefined : { text: place, from, to: from + place.length };
  if (place === '') return needs(line, 'hospital', 'To which hospital?', hospitals.map(placeOption), at);
  if (!found)
    return needs(line, 'hospital', `No hospital begins with ${place}. Which?`, hospitals.map(placeOption), at);
  if ('many' in found)
    return needs(line, 'hospital', `${place} could be several. Which?`, found.many.map(placeOption), at);
  const { id, name } = found.one;
  const destination = { id, name };
  if (patients === null) return { extras: { destination }, words: ` to ${name}` };
  const each = units > 1 ? ' each' : '';
  return { extras: { destination, patients }, words: ` to ${name} with ${patientsWords(patients)}${each}` };
}
