/** Filling and correcting times. Neither moves a status; a corrected time keeps the one before it. */
import { type Folded, shownValue } from '../../kernel/fold.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { timesGate } from '../gates/times.ts';
import { clockTextOn, zoneOf } from '../sentences/local-time.ts';
import { TIME_WORDS } from '../sentences/words.ts';
import { isOfTheCall, TIMES_OF_A_JOURNEY, type TimeElement } from '../status.ts';
import { sidesDiffer } from '../views/conflicts.ts';
import { answeredAtOf } from '../views/incident-row.ts';
import { journeyShown } from '../views/journeys.ts';
import { fieldsOf, numberIn } from '../views/reading.ts';
import { timeOf } from '../views/times.ts';
import type { World } from '../views/world.ts';
import type { Decide, Deed } from './deed.ts';
import { draftsOf } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { journeyMeant } from './journey-meant.ts';
import { type Timed, timedIn } from './lookup.ts';

function warnedOf({ folded, name }: Timed, element: TimeElement, time: number, world: World): Pick<Deed, 'warned'> {
  const gate = timesGate(folded.ref, element, time, name, world);
  return gate.verdict === 'ALLOW' ? {} : { warned: gate };
}

/** Refuses with `time.of_unit` a time that a call does not have, and with `time.of_call` one that a run does not. */
function ofItsKind({ about, name }: Timed, element: TimeElement): Outcome<null> {
  const isCall = about.length === 1;
  if (isCall === isOfTheCall(element)) return done(null);
  return isCall
    ? refused('time.of_unit', `${TIME_WORDS[element]} is a unit’s time, and ${name} is a call. Name the unit.`, 'of')
    : refused(
        'time.of_call',
        `${TIME_WORDS[element]} is a time of the call, not of ${name}. Name the call alone.`,
        'of',
      );
}

/** The time that stands; a call is answered by its opening, whether or not that was amended since. */
function standing(folded: Folded, element: TimeElement): number | null {
  const time = timeOf(folded, element)?.at ?? null;
  return time === null && element === 'psapCall' ? answeredAtOf(folded) || null : time;
}

/** What stands once the time is struck: a call was answered all the same, as its opening says. */
const openedAt = (folded: Folded, element: TimeElement): number | null =>
  element === 'psapCall' ? numberIn(shownValue(folded, 'answeredAt')) : null;

/** Fills a time that is not there yet; one that is there is amended, with a reason. */
export const decideRecord: Decide<ActionInput<'time.record'>> = (input, world, means) => {
  const found = timedIn(world, input.of);
  if (!found.ok) return found;
  const kind = ofItsKind(found.value, input.element);
  if (!kind.ok) return kind;
  const { folded, about, name } = found.value;
  const what = `${name} ${TIME_WORDS[input.element]}`;
  const zone = zoneOf(world);
  const held = standing(folded, input.element);
  const struck = shownValue(folded, `time:${input.element}`) !== undefined && held === null;
  if (held === input.time)
    return done({ drafts: [], said: `${what} ${clockTextOn(input.time, means.now, zone)} stands already` });
  if (held !== null || struck) {
    const there = held === null ? 'was struck' : `is ${clockTextOn(held, means.now, zone)}`;
    return refused('time.there', `${what} ${there}. Amend it, with a reason.`, 'element');
  }
  const body = { element: input.element, at: input.time };
  const sketch = { type: 'time.recorded', about, body, at: input.at ?? means.now };
  const said = `${what} ${clockTextOn(input.time, means.now, zone)} recorded`;
  return done({ drafts: draftsOf([sketch], world), said, ...warnedOf(found.value, input.element, input.time, world) });
};

interface OfJourney {
  /** The journey whose own time this is, where the run shows another's as its own; null where what is shown is meant. */
  readonly own: number | null;
  /** The journey that it is of, where the run made several; else null. */
  readonly said: number | null;
}

/** Refuses with `time.of_run` what is no time of a journey. */
function journeyAmended(input: ActionInput<'time.amend'>, timed: Timed, world: World): Outcome<OfJourney> {
  const { journey, element } = input;
  const mayHave = isOfJourney(element) && timed.about.length > 2;
  if (!mayHave && journey === undefined) return done({ own: null, said: null });
  const meant = journeyMeant(timed, journey, world);
  if (!meant.ok) return meant;
  if (!isOfJourney(element))
    return refused(
      'time.of_run',
      `A run is ${TIME_WORDS[element]} once, whatever it took where. Leave the journey out.`,
      'journey',
    );
  const shown = journeyShown(timed.folded.ref, world.factsOf(timed.folded.ref), element) ?? 1;
  const own = journey === undefined || journey === shown ? null : journey;
  return done({ own, said: meant.value.last > 1 ? (own ?? shown) : null });
}

const isOfJourney = (element: TimeElement): boolean => (TIMES_OF_A_JOURNEY as readonly TimeElement[]).includes(element);

/** Corrects a time, or strikes it (`time` null). */
export const decideAmend: Decide<ActionInput<'time.amend'>> = (input, world, means) => {
  const found = timedIn(world, input.of);
  if (!found.ok) return found;
  const kind = ofItsKind(found.value, input.element);
  if (!kind.ok) return kind;
  const { folded, about, name } = found.value;
  const of = journeyAmended(input, found.value, world);
  if (!of.ok) return of;
  const { own: journey, said: on } = of.value;
  const what = `${name} ${TIME_WORDS[input.element]}${on === null ? '' : ` on journey ${on}`}`;
  const zone = zoneOf(world);
  const register = journey === null ? `time:${input.element}` : `journey:${journey}:${input.element}`;
  const amended = input.time === null ? 'struck' : `amended to ${clockTextOn(input.time, means.now, zone)}`;
  const stays = input.time === null ? openedAt(folded, input.element) : null;
  const said = `${what} ${amended}${stays === null ? '' : `; ${clockTextOn(stays, means.now, zone)}, as it was opened, stands`}`;
  const stands = shownValue(folded, register);
  const same = stands !== undefined && fieldsOf(stands).at === input.time && fieldsOf(stands).reason === input.reason;
  if (same && !sidesDiffer(folded, register)) return done({ drafts: [], said: `${said} already` });
  const body = { element: input.element, at: input.time, reason: input.reason };
  const sketch =
    journey === null ? { type: 'time.amended', body } : { type: 'journey.amended', body: { ...body, journey } };
  return done({
    drafts: draftsOf([{ ...sketch, about, at: input.at ?? means.now }], world, input.shown),
    said,
    // A later journey's times stand after those that the run shows.
    ...(input.time === null || journey !== null ? {} : warnedOf(found.value, input.element, input.time, world)),
  });
};
