/**
 * `SETTLE 10418 1200 Oak`, `SETTLE M36 10418`: of what two consoles said without knowing of each other, the side that stands. A side is
 * named by words of it, never by where it stands in a list: another that comes meanwhile would change which is meant.
 */
import type { ConflictRow } from '../../bridge/topics.ts';
import { listed } from '../sentences/words.ts';
import { type Line, needs, type Parsed, refusal, restAsWord } from './reading.ts';
import { askWhose, inserted, meantOf, subjectOf, type Waiting } from './settling.ts';

interface Side {
  readonly conflict: ConflictRow;
  readonly fact: string;
  readonly said: string;
  /** What it is of, who entered it, and where. */
  readonly label: string;
}

function sidesOf(conflicts: readonly ConflictRow[]): readonly Side[] {
  return conflicts.flatMap((conflict) =>
    conflict.sides.map(({ fact, said, by, position }) => ({
      conflict,
      fact,
      said,
      label: `${conflict.title}: ${[said, by, position].filter(Boolean).join(' · ')}`,
    })),
  );
}

/** What is in conflict, and of whom: titles of units' conflicts say it themselves. */
const whatOf = ({ title }: ConflictRow, name: string): string => (title.startsWith(name) ? title : `${name} ${title}`);

export function readSettle(line: Line): Parsed {
  const { conflictsOf, contestedOf } = line.vocabulary;
  const waiting: Waiting = (ref) => conflictsOf(ref).length;
  const whose = (): Parsed => askWhose(line, waiting, 'No conflict is to be settled. F7 goes to what else is.');
  const subject = subjectOf(line, waiting);
  if (subject === null) return whose();
  if ('kind' in subject) return subject;
  const { name, ref, next } = subject;
  const conflicts = conflictsOf(ref);
  if (conflicts.length === 0 && contestedOf(ref).length > 0)
    return refusal('conflict.none', `${name} has a contested entry. CONFIRM lets it count, SETASIDE does not.`);
  // What is selected has nothing to settle, and nothing else is named.
  if (conflicts.length === 0 && line.words.length === 0) return whose();
  if (conflicts.length === 0)
    return refusal('conflict.none', `${name}: no conflict is to be settled. F7 goes to what else is.`);
  const sides = sidesOf(conflicts);
  const typed = restAsWord(line, next);
  const found = typed ? meantOf(sides, typed.text) : sides;
  const [side, another] = found;
  if (!side || another) {
    const options = (side ? found : sides).map(({ said, label }) => ({ insert: inserted(said), label }));
    const about = listed(conflicts.map((one) => whatOf(one, name)));
    const ask = side ? `${about}. Which stands?` : `No side of ${name} says ${typed?.text}. Which stands?`;
    if (typed && side && found.every(({ said }) => inserted(said) === inserted(side.said)))
      return refusal('side.alike', `${name}: several sides say ${side.said}. F7 goes to them, and tells them apart.`);
    return needs(line, 'text', ask, options, typed);
  }
  const { conflict, fact, said } = side;
  const others = listed(conflict.sides.filter((one) => one.fact !== fact).map((one) => one.said));
  const input = { entity: conflict.entity, register: conflict.register, side: fact };
  return {
    kind: 'calls',
    calls: [{ name: 'conflict.settle', input }],
    ghost: `Settle ${whatOf(conflict, name)}: ${said} stands, ${others} is set aside`,
  };
}
