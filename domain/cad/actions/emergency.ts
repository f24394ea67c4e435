/** A unit's call for help: anybody who hears it declares it, anybody may have seen it, and it is over when somebody says so. */
import { MOST_ABOUT } from '../../kernel/fact.ts';
import { done } from '../../kernel/refusal.ts';
import { emergencyOf } from '../views/reading.ts';
import type { Decide } from './deed.ts';
import { draftsOf } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { unitIn } from './lookup.ts';

const SAID = { declared: 'EMERGENCY', seen: 'emergency seen', over: 'emergency over' } as const;

export const decideEmergency: Decide<ActionInput<'unit.emergency'>> = (input, world, means) => {
  const found = unitIn(world, input.unit);
  if (!found.ok) return found;
  const { ref, callsign, runs } = found.value;
  const now = emergencyOf(world.entity(ref));
  if (now === null && input.emergency !== 'declared') return done({ drafts: [], said: `${callsign} has no emergency` });
  // Pressed again by a crew that nobody has answered it is the same call; after it was seen, a new one.
  if (now?.emergency === input.emergency)
    return done({ drafts: [], said: `${callsign} ${SAID[input.emergency]} already` });
  // On more calls at once than a fact can name, it stands in the newest: the unit itself is in need wherever it is.
  const incidents = [...new Set(runs.map((run) => run.incident))].slice(0, MOST_ABOUT - 1);
  const about = [...incidents, ref];
  const sketch = { type: 'unit.emergency', about, body: { emergency: input.emergency }, at: input.at ?? means.now };
  return done({ drafts: draftsOf([sketch], world), said: `${callsign} ${SAID[input.emergency]}` });
};
