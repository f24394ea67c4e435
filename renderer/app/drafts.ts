/**
 * Drafts of the position, kept by the station. What it was away for is kept when it is back, of each name the newest: whoever
 * typed while it was gone has nothing left to type that would save it.
 */
import type { CallInput, CallOutput } from '#domain/bridge/calls.ts';
import type { Answer, Station } from './connection/station.ts';

type Value = CallInput<'draft.save'>['value'];

interface Kept {
  /** How often each name was to be kept: an answer about an older value says nothing of a newer one. */
  readonly turns: Map<string, number>;
  readonly missed: Map<string, Value>;
}

const NOT_HEARD = ['station.away', 'station.cut'];
const stations = new WeakMap<Station, Kept>();

function keptOf(station: Station): Kept {
  const known = stations.get(station);
  if (known) return known;
  const made: Kept = { turns: new Map(), missed: new Map() };
  stations.set(station, made);
  station.connection.subscribe((now, before) => {
    if (!now.connected || before.connected) return;
    const again = [...made.missed];
    made.missed.clear();
    for (const [key, value] of again) keepDraft(station, key, value).catch(() => undefined);
  });
  return made;
}

/** Keeps `value` under a name, or forgets what was kept there (null). The answer is that of the first try. */
export async function keepDraft(
  station: Station,
  key: string,
  value: Value,
): Promise<Answer<CallOutput<'draft.save'>>> {
  const { turns, missed } = keptOf(station);
  const turn = (turns.get(key) ?? 0) + 1;
  turns.set(key, turn);
  missed.delete(key);
  const answer = await station.call('draft.save', { key, value });
  if (!answer.ok && NOT_HEARD.includes(answer.refusal.code) && turns.get(key) === turn) missed.set(key, value);
  return answer;
}
