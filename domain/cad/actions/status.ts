/** A unit's status: on a run, at the end of one, at the beginning of one, or by itself. */
import type { Decision } from '../../kernel/decision.ts';
import { idOf } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { sameValue } from '../../kernel/json.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { beginningGate, clearingGate } from '../gates/dispatch.ts';
import { clockText, zoneOf } from '../sentences/local-time.ts';
import { patientsWords } from '../sentences/words.ts';
import { isAtScene, type StatusCode } from '../status.ts';
import { destinationOf, onIncident, type Run, statusOf } from '../views/reading.ts';
import { codeFor, statusByCode } from '../views/status-set.ts';
import { timeOf } from '../views/times.ts';
import type { World } from '../views/world.ts';
import { commitmentsAfter, leavingSketches, nextAssignment, objectionToOneMore } from './commitment.ts';
import type { Decide, Decided, Means } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { incidentIn, isOnSeveral, type KnownUnit, openIncidentIn, refOf, runMeant, several, unitIn } from './lookup.ts';
import { patientsSketches } from './patients.ts';

type Input = ActionInput<'unit.status'>;

function statusIn(unit: KnownUnit, code: string): Outcome<StatusCode> {
  const status = statusByCode(unit.statuses, code);
  if (status) return done(status);
  const codes = unit.statuses.map((one) => one.code).join(' ');
  return refused('status.unknown', `${unit.callsign} has no such status. It has ${codes}.`, 'code');
}

/** Whether a hospital is named for where the run goes next: one that is back at the scene has brought that patient, and takes another. */
function isHospitalNamed({ folded, status }: Run): boolean {
  const hasBrought =
    timeOf(folded, 'atDestination') !== undefined || timeOf(folded, 'destinationTransfer') !== undefined;
  return destinationOf(folded) !== null && !(hasBrought && isAtScene(status.standard));
}

/** What the status asks for and the input does not say. */
function asksFor(status: StatusCode, unit: KnownUnit, run: Run | null, input: Input): Outcome<null> {
  if (status.asks === 'hospital' && !input.destination && !(run && isHospitalNamed(run)))
    return refused('needs.hospital', `Say which hospital ${unit.callsign} goes to.`, 'destination');
  if (status.asks === 'reason' && !input.reason)
    return refused('needs.reason', `Say why ${unit.callsign} is ${status.label}.`, 'reason');
  if (status.asks === 'post' && !input.post) return refused('needs.post', `Say where ${unit.callsign} posts.`, 'post');
  return done(null);
}

function settle(
  unit: KnownUnit,
  sketches: readonly Sketch[],
  run: Run | null,
  label: string,
  input: Input,
  world: World,
  gate?: Decision,
): Decided {
  const last = sketches[0];
  const incident = last?.about.find((ref) => ref.startsWith('incident:')) ?? run?.incident;
  const assignment = last?.about.find((ref) => ref.startsWith('assignment:')) ?? run?.ref;
  const aboard = input.patients === undefined ? '' : ` with ${patientsWords(input.patients)}`;
  const to = `${input.destination ? ` to ${input.destination.name}` : ''}${aboard}`;
  const where = incident ? ` ${world.numberOf(incident)}` : '';
  const until = input.until === undefined ? '' : `until ${clockText(input.until, zoneOf(world)).slice(0, 5)}`;
  const more = [input.post, input.reason, until].filter(Boolean).join(', ');
  return done({
    drafts: draftsOf(sketches, world, input.shown),
    said: `${unit.callsign} ${label}${to}${where}${more ? ` (${more})` : ''}`,
    ...(incident ? { incident: idOf(incident), number: world.numberOf(incident) } : {}),
    ...(assignment ? { assignments: [idOf(assignment)] } : {}),
    ...(gate && gate.verdict !== 'ALLOW' ? { warned: gate } : {}),
  });
}

/** A status on a run, which a unit that is not on the named incident begins by it. */
function onRun(unit: KnownUnit, status: StatusCode, input: Input, world: World, means: Means): Decided {
  const at = input.at ?? means.now;
  const wanted = input.incident === undefined ? undefined : refOf('incident', input.incident);
  const run = wanted ? unit.runs.find((one) => one.incident === wanted) : unit.runs[0];
  if (!wanted && isOnSeveral(unit)) return several(world, unit);
  if (!run && !wanted)
    return refused(
      'needs.incident',
      `${unit.callsign} is not on an incident. Say which it is ${status.label} on.`,
      'incident',
    );
  const asked = asksFor(status, unit, run ?? null, input);
  if (!asked.ok) return asked;
  const body = {
    code: status.code,
    standard: status.standard,
    reason: input.reason,
    until: input.until,
    post: input.post,
    destination: input.destination as Json | undefined,
  };
  const leaving = { at, hospital: input.destination?.name ?? null };
  if (!run) {
    const incident = openIncidentIn(world, input.incident as string);
    if (!incident.ok) return incident;
    const { ref } = incident.value;
    const objection = objectionToOneMore(unit, ref, 'unit');
    if (objection) return objection;
    const about = [ref, unit.ref, nextAssignment(world, ref, unit.ref)] as const;
    const commitments = commitmentsAfter(unit, { plus: [ref] });
    return settle(
      unit,
      [
        { type: 'unit.status', about, body: { ...body, commitments }, at },
        ...patientsSketches(world, about, input.patients, at, leaving),
      ],
      null,
      status.label,
      input,
      world,
      beginningGate(ref, unit.ref, world),
    );
  }
  const same =
    run.status.code === status.code &&
    (!input.destination || sameValue(input.destination as Json, destinationOf(run.folded) as Json));
  const about = [run.incident, unit.ref, run.ref] as const;
  if (same && input.at === undefined && !input.reason) {
    const counted = patientsSketches(world, about, input.patients, at);
    return settle(unit, counted, run, counted.length > 0 ? status.label : `${status.label} already`, input, world);
  }
  const counted = patientsSketches(world, about, input.patients, at, leaving);
  return settle(unit, [{ type: 'unit.status', about, body, at }, ...counted], run, status.label, input, world);
}

/** A status that ends a run, or of a unit that is on nothing. */
function offRun(unit: KnownUnit, status: StatusCode, input: Input, world: World, means: Means): Decided {
  const at = input.at ?? means.now;
  const asked = asksFor(status, unit, null, input);
  if (!asked.ok) return asked;
  const { code, standard } = status;
  const remarks = { reason: input.reason, until: input.until, post: input.post };
  if (input.incident === undefined && unit.runs.length === 0) {
    const own = statusOf(world.entity(unit.ref));
    const current = own?.code ?? codeFor(unit.statuses, 'available');
    const same =
      current === code &&
      (own?.reason ?? '') === (input.reason ?? '') &&
      (own?.post ?? '') === (input.post ?? '') &&
      (own?.until ?? null) === (input.until ?? null);
    if (same && input.at === undefined) return settle(unit, [], null, `${status.label} already`, input, world);
    const body = { code, standard, commitments: commitmentsAfter(unit, {}), ...remarks };
    return settle(unit, [{ type: 'unit.status', about: [unit.ref], body, at }], null, status.label, input, world);
  }
  const run = runMeant(world, unit, input.incident);
  if (!run.ok) return lateEnd(unit, status, input, world, at) ?? run;
  return settle(
    unit,
    leavingSketches(unit, run.value, { code, standard, ...remarks }, at),
    run.value,
    status.label,
    input,
    world,
    clearingGate(unit.ref, world),
  );
}

/** The end of a run of which nothing else was reported, said afterwards (`at`): a run with that time alone. */
function lateEnd(unit: KnownUnit, status: StatusCode, input: Input, world: World, at: number): Decided | null {
  if (input.at === undefined || input.incident === undefined) return null;
  const incident = incidentIn(world, input.incident);
  if (!incident.ok) return incident;
  const { ref } = incident.value;
  const assignment = nextAssignment(world, ref, unit.ref);
  if (!assignment.endsWith('.0')) return null;
  const body = {
    code: status.code,
    standard: status.standard,
    commitments: commitmentsAfter(unit, {}),
    reason: input.reason,
  };
  const sketch = { type: 'unit.status', about: [ref, unit.ref, assignment], body, at };
  return settle(unit, [sketch], null, status.label, input, world);
}

export const decideStatus: Decide<Input> = (input, world, means) => {
  const found = unitIn(world, input.unit);
  if (!found.ok) return found;
  const status = statusIn(found.value, input.code);
  if (!status.ok) return status;
  if (input.patients !== undefined && status.value.standard !== 'transporting')
    return refused(
      'patients.no_transport',
      `Patients are counted where a transport begins, and ${status.value.label} is none. Leave the number out.`,
      'patients',
    );
  return onIncident(status.value.standard)
    ? onRun(found.value, status.value, input, world, means)
    : offRun(found.value, status.value, input, world, means);
};
