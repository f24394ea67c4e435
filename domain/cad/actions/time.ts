/** Filling and correcting times. Neither moves a status; a corrected time keeps the one before it. */
import { inConflict, shownValue } from '../../kernel/fold.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { timesGate } from '../gates/times.ts';
import { clockTextOn, zoneOf } from '../sentences/local-time.ts';
import { TIME_WORDS } from '../sentences/words.ts';
import type { TimeElement } from '../status.ts';
import { fieldsOf } from '../views/reading.ts';
import { timeOf } from '../views/times.ts';
import type { World } from '../views/world.ts';
import type { Decide, Deed } from './deed.ts';
import { draftsOf } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { type Timed, timedIn } from './lookup.ts';

function warnedOf({ folded, name }: Timed, element: TimeElement, time: number, world: World): Pick<Deed, 'warned'> {
  const gate = timesGate(folded.ref, element, time, name, world);
  return gate.verdict === 'ALLOW' ? {} : { warned: gate };
}

/** Fills a time that is not there yet; one that is there is amended, with a reason. */
export const decideRecord: Decide<ActionInput<'time.record'>> = (input, world, means) => {
  const found = timedIn(world, input.of);
  if (!found.ok) return found;
  const { folded, about, name } = found.value;
  const what = `${name} ${TIME_WORDS[input.element]}`;
  const zone = zoneOf(world);
  const held = timeOf(folded, input.element);
  const struck = shownValue(folded, `time:${input.element}`) !== undefined && !held;
  if (held?.at === input.time)
    return done({ drafts: [], said: `${what} ${clockTextOn(input.time, means.now, zone)} stands already` });
  if (held || struck) {
    const there = held ? `is ${clockTextOn(held.at, means.now, zone)}` : 'was struck';
    return refused('time.there', `${what} ${there}. Amend it, with a reason.`, 'element');
  }
  const body = { element: input.element, at: input.time };
  const sketch = { type: 'time.recorded', about, body, at: input.at ?? means.now };
  const said = `${what} ${clockTextOn(input.time, means.now, zone)} recorded`;
  return done({ drafts: draftsOf([sketch], world), said, ...warnedOf(found.value, input.element, input.time, world) });
};

/** Corrects a time, or strikes it (`time` null). */
export const decideAmend: Decide<ActionInput<'time.amend'>> = (input, world, means) => {
  const found = timedIn(world, input.of);
  if (!found.ok) return found;
  const { folded, about, name } = found.value;
  const what = `${name} ${TIME_WORDS[input.element]}`;
  const zone = zoneOf(world);
  const register = `time:${input.element}`;
  const said =
    input.time === null ? `${what} struck` : `${what} amended to ${clockTextOn(input.time, means.now, zone)}`;
  const stands = shownValue(folded, register);
  const same = stands !== undefined && fieldsOf(stands).at === input.time && fieldsOf(stands).reason === input.reason;
  if (same && !inConflict(folded, register)) return done({ drafts: [], said: `${said} already` });
  const body = { element: input.element, at: input.time, reason: input.reason };
  return done({
    drafts: draftsOf([{ type: 'time.amended', about, body, at: input.at ?? means.now }], world, input.shown),
    said,
    ...(input.time === null ? {} : warnedOf(found.value, input.element, input.time, world)),
  });
};
