/**
 * `CONFIRM M36`, `SETASIDE 10418 callback`: a supervisor's word on what somebody entered who had no right to it. Of several such entries of a
 * unit or incident one is named by words of it, as a side of a conflict is.
 */
import type { ContestedRow } from '../../bridge/topics.ts';
import type { ActionInput } from '../actions/inputs.ts';
import { type Line, needs, type Parsed, refusal, restAsWord } from './reading.ts';
import { askWhose, inserted, meantOf, subjectOf, type Waiting } from './settling.ts';

type Verdict = ActionInput<'contested.settle'>['verdict'];

const DOES: { readonly [V in Verdict]: { readonly ask: string; readonly does: string; readonly comes: string } } = {
  confirmed: { ask: 'Which counts?', does: 'Confirm', comes: 'it counts' },
  'set aside': { ask: 'Which is set aside?', does: 'Set aside', comes: 'what stood before it stands' },
};

/** Who entered it, where, and why it does not count yet. */
const behind = ({ by, position, reason }: ContestedRow): string => [by, position, reason].filter(Boolean).join(' · ');

export const readContested =
  (verdict: Verdict) =>
  (line: Line): Parsed => {
    const { contestedOf } = line.vocabulary;
    const waiting: Waiting = (ref) => contestedOf(ref).length;
    const whose = (): Parsed =>
      askWhose(line, waiting, 'No entry is contested. F7 goes to what else is to be settled.');
    const subject = subjectOf(line, waiting);
    if (subject === null) return whose();
    if ('kind' in subject) return subject;
    const { name, ref, next } = subject;
    const entries = contestedOf(ref);
    // What is selected has nothing to settle, and nothing else is named.
    if (entries.length === 0 && line.words.length === 0) return whose();
    if (entries.length === 0)
      return refusal('contested.none', `${name}: no entry is contested. F7 goes to what else is to be settled.`);
    const typed = restAsWord(line, next);
    const found = typed ? meantOf(entries, typed.text) : entries;
    const [entry, another] = found;
    const { ask, does, comes } = DOES[verdict];
    if (!entry || another) {
      const options = (entry ? found : entries).map((one) => ({
        insert: inserted(one.said),
        label: `${one.said} · ${behind(one)}`,
      }));
      if (typed && entry && found.every(({ said }) => inserted(said) === inserted(entry.said)))
        return refusal(
          'contested.alike',
          `${name}: several contested entries say ${inserted(entry.said)}. F7 goes to them, and tells them apart.`,
        );
      const about = entry
        ? `${name} has ${found.length} contested entries.`
        : `No contested entry of ${name} says ${typed?.text}.`;
      return needs(line, 'text', `${about} ${ask}`, options, typed);
    }
    const input = { entity: entry.entity, fact: entry.fact, verdict };
    return {
      kind: 'calls',
      calls: [{ name: 'contested.settle', input }],
      ghost: `${does} of ${name}: ${entry.said} (${behind(entry)}); ${comes}`,
    };
  };
