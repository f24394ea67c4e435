/** How many patients a unit takes on a journey: said with the transport, and put right at any time afterwards. */
import { inConflict } from '../../kernel/fold.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { patientsWords } from '../sentences/words.ts';
import { journeyNow, patientsSaid } from '../views/journeys.ts';
import { transportOf } from '../views/transport.ts';
import type { World } from '../views/world.ts';
import type { Decide } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { journeyMeant } from './journey-meant.ts';
import { timedIn } from './lookup.ts';

function standsAlready(world: World, run: EntityRef, journey: number, patients: number): boolean {
  const folded = world.entity(run);
  if (!folded || inConflict(folded, `patients:${journey}`)) return false;
  return patientsSaid(folded, journey) === patients;
}

/**
 * The fact that says it of a transport that is being entered (`leaving`), or of the journey that the run is on; none where it stands
 * already. `about`: the incident, the unit and the assignment.
 */
export function patientsSketches(
  world: World,
  about: readonly [EntityRef, EntityRef, EntityRef],
  patients: number | undefined,
  at: number,
  leaving?: { readonly at: number; readonly hospital: string | null },
): Sketch[] {
  if (patients === undefined) return [];
  const run = about[2];
  const journey = journeyNow(run, world.factsOf(run), leaving);
  if (standsAlready(world, run, journey, patients)) return [];
  return [{ type: 'unit.patients', about, body: { patients, journey }, at }];
}

/** Corrects it, or says it afterwards, of the last journey or of an earlier one. */
export const decidePatients: Decide<ActionInput<'unit.patients'>> = (input, world, means) => {
  const found = timedIn(world, input.of);
  if (!found.ok) return found;
  const { folded, about, name } = found.value;
  const { patients } = input;
  const meant = journeyMeant(found.value, input.journey, world);
  if (!meant.ok) return meant;
  const { journey, last } = meant.value;
  if (!transportOf(folded))
    return refused(
      'unit.no_transport',
      `${name} has taken nobody yet. Say how many with the hospital, for example TR M36 MERCY 2.`,
      'of',
    );
  const said = `${name}${last > 1 ? `, journey ${journey}` : ''}: ${patientsWords(patients)}`;
  if (standsAlready(world, folded.ref, journey, patients)) return done({ drafts: [], said: `${said} already` });
  const sketch = { type: 'unit.patients', about, body: { patients, journey }, at: input.at ?? means.now };
  return done({ drafts: draftsOf([sketch], world, input.shown), said });
};
