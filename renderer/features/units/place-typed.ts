/** What was typed where a status asks for a place: its words, how many patients go there, and which places are like it. Pure. */
import { patientsBehind } from '#domain/cad/command/hospital.ts';

interface Place {
  readonly body: { readonly short: string; readonly name: string };
}

function like<P extends Place>(places: readonly P[], words: string): readonly P[] {
  const wanted = words.toUpperCase();
  return places.filter(({ body }) => `${body.short} ${body.name}`.toUpperCase().includes(wanted));
}

/**
 * Only a hospital is counted for. What is one as it stands, number and all, is that; and so is what is none that is listed: a clinic
 * may have a number in its name.
 */
export function placeTyped<P extends Place>(
  typed: string,
  places: readonly P[],
  asks: string | undefined,
): { readonly words: string; readonly patients: number | null; readonly matching: readonly P[] } {
  const words = typed.trim();
  const matching = like(places, words);
  if (matching.length > 0 || asks !== 'hospital') return { words, patients: null, matching };
  const { place, patients } = patientsBehind(words);
  const counted = patients === null ? [] : like(places, place);
  return counted.length > 0 ? { words: place, patients, matching: counted } : { words, patients: null, matching };
}
