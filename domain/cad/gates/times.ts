/** What speaks before a time is entered: one that comes out of order goes in, for it may be true, but never without a word. */
import { type Decision, decide } from '../../kernel/decision.ts';
import { type EntityRef, partsOfAssignment } from '../../kernel/ids.ts';
import { clockText, zoneOf } from '../sentences/local-time.ts';
import { TIME_WORDS } from '../sentences/words.ts';
import type { TimeElement } from '../status.ts';
import { answeredAtOf } from '../views/incident-row.ts';
import { callsignOf } from '../views/reading.ts';
import { timeOf, timesOf } from '../views/times.ts';
import type { World } from '../views/world.ts';

/** Times of a run that follow each other. Care may be handed over anywhere, and a run be canceled whenever. */
const IN_ORDER: readonly TimeElement[] = [
  'unitNotified',
  'acknowledged',
  'enRoute',
  'staged',
  'onScene',
  'atPatient',
  'leftScene',
  'atDestination',
  'destinationTransfer',
  'backInService',
  'homeLocation',
];

interface Beside {
  readonly words: string;
  readonly at: number;
}
interface Neighbours {
  readonly before: readonly Beside[];
  readonly after: readonly Beside[];
}

/** When the call was answered, by its opening where nobody amended it. */
function answered(incident: EntityRef, world: World): readonly Beside[] {
  const folded = world.entity(incident);
  const at = folded ? answeredAtOf(folded) : 0;
  return at > 0 ? [{ words: TIME_WORDS.psapCall, at }] : [];
}

function besideOfRun(run: EntityRef, incident: EntityRef, element: TimeElement, world: World): Neighbours {
  const place = IN_ORDER.indexOf(element);
  const folded = world.entity(run);
  const times = folded ? timesOf(folded) : {};
  const given = (elements: readonly TimeElement[]): Beside[] =>
    elements.flatMap((one) => {
      const time = times[one];
      return time ? [{ words: TIME_WORDS[one], at: time.at }] : [];
    });
  const call = answered(incident, world);
  if (place < 0) return { before: call, after: [] };
  return { before: [...call, ...given(IN_ORDER.slice(0, place))], after: given(IN_ORDER.slice(place + 1)) };
}

/** The call is answered before it is handed to dispatch, and before anything of any run of it. */
function besideOfCall(incident: EntityRef, element: TimeElement, world: World): Neighbours {
  if (element !== 'psapCall') return { before: answered(incident, world), after: [] };
  const entered = timeOf(world.entity(incident), 'dispatchNotified');
  const handed = entered ? [{ words: TIME_WORDS.dispatchNotified, at: entered.at }] : [];
  const sent = world.assignmentsOf(incident).flatMap((run): Beside[] => {
    const [folded, parts] = [world.entity(run), partsOfAssignment(run)];
    const time = folded && timesOf(folded).unitNotified;
    return time && parts ? [{ words: `${callsignOf(world, parts.unit)} ${TIME_WORDS.unitNotified}`, at: time.at }] : [];
  });
  return { before: [], after: [...handed, ...sent] };
}

/**
 * Of a time (ms UTC) of a run or an incident, called `name`: what of the same it would come before that should be behind it,
 * or after that should be ahead. Equal ones are in order.
 */
export function timesGate(of: EntityRef, element: TimeElement, time: number, name: string, world: World): Decision {
  const parts = partsOfAssignment(of);
  const beside = parts ? besideOfRun(of, parts.incident, element, world) : besideOfCall(of, element, world);
  const late = beside.before.filter(({ at }) => at > time).sort((a, b) => b.at - a.at)[0];
  const early = beside.after.filter(({ at }) => at < time).sort((a, b) => a.at - b.at)[0];
  const zone = zoneOf(world);
  const against = [late ? { ...late, how: 'before' } : null, early ? { ...early, how: 'after' } : null];
  return decide(
    against.flatMap((one) =>
      one === null
        ? []
        : [
            {
              rule: 'time.order@1',
              verdict: 'WARN',
              reason: `${name} ${TIME_WORDS[element]} ${clockText(time, zone)} is ${one.how} ${one.words} ${clockText(one.at, zone)}.`,
              evidence: [of],
            },
          ],
    ),
  );
}
