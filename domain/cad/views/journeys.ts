/**
 * The journeys of a run with its patients, and how many it took on each. Pure.
 *
 * A unit has brought its patient when it arrives or hands over. It has another when it leaves (or arrives) after it was back at the
 * scene meanwhile, and when it leaves for another hospital after it handed over. Whatever else is pressed belongs to the journey
 * that goes on: a hospital that was changed on the way, a button pressed twice, a diversion at the door.
 *
 * An amended time corrects the first journey that has such a time, for it is the one that the run shows; of another journey it is
 * said by that one's number.
 *
 * How many a unit takes is said of the journeys as they were pressed, by their number. Of those that turn out to be one journey
 * what was said of the last counts.
 */
import type { AssignmentRow } from '../../bridge/topics.ts';
import type { Fact } from '../../kernel/fact.ts';
import { type Claim, type EffectsOf, type Folded, foldAll } from '../../kernel/fold.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { MOST_JOURNEYS } from '../facts.ts';
import type { Journey } from '../handoff.ts';
import { isAtScene, type StandardStatus, TIME_OF, TIMES_OF_A_JOURNEY, type TimeElement } from '../status.ts';
import { claimOf, fieldsOf, numberIn, type Run, textOf } from './reading.ts';
import { timeOf } from './times.ts';
import { transportOf } from './transport.ts';
import type { World } from './world.ts';

interface Step {
  readonly element: TimeElement;
  readonly at: number;
  readonly hospital: string | null;
  /** The journey that it was pressed on, 1… */
  readonly pressedOn?: number;
}
interface Leg {
  readonly steps: Step[];
  hospital: string | null;
  brought: boolean;
  handedOver: boolean;
  backAtScene: boolean;
}

const OF_A_JOURNEY: readonly TimeElement[] = TIMES_OF_A_JOURNEY;

/** What a fact says of the way of its unit; null where it says nothing of it. */
function stepOf({ type, v, at, content }: Fact): Step | null {
  const body = fieldsOf(content);
  if (v !== 1) return null;
  const element =
    type === 'unit.status'
      ? TIME_OF[textOf(body.standard) as StandardStatus]
      : type === 'time.recorded'
        ? (textOf(body.element) as TimeElement)
        : null;
  const when = type === 'time.recorded' ? numberIn(body.at) : at;
  if (!element || when === null || !(isAtScene(element) || OF_A_JOURNEY.includes(element))) return null;
  return { element, at: when, hospital: textOf(fieldsOf(body.destination).name) || null };
}

function steps(run: EntityRef): EffectsOf {
  return (fact) => {
    const step = stepOf(fact);
    return step ? [{ on: run, add: 'steps', value: { ...step } }] : [];
  };
}

function readStep(value: Json): Step {
  const { element, at, hospital } = fieldsOf(value);
  return { element: textOf(element) as TimeElement, at: numberIn(at) ?? 0, hospital: textOf(hospital) || null };
}

function begins({ element, hospital }: Step, leg: Leg | undefined): boolean {
  if (element !== 'leftScene' && element !== 'atDestination') return false;
  if (!leg || leg.backAtScene) return true;
  return element === 'leftScene' && leg.handedOver && hospital !== null && hospital !== leg.hospital;
}

/** `way`: its steps in any order. */
function legsOf(way: readonly Step[]): readonly Leg[] {
  const legs: Leg[] = [];
  for (const step of [...way].sort((a, b) => a.at - b.at)) {
    const before = legs.at(-1);
    if (begins(step, before))
      legs.push({
        steps: [],
        hospital: before?.hospital ?? null,
        brought: false,
        handedOver: false,
        backAtScene: false,
      });
    const leg = legs.at(-1);
    if (!leg) continue;
    leg.steps.push(step);
    leg.hospital = step.hospital ?? leg.hospital;
    leg.handedOver ||= step.element === 'destinationTransfer';
    leg.brought ||= leg.handedOver || step.element === 'atDestination';
    leg.backAtScene ||= leg.brought && isAtScene(step.element);
  }
  return legs;
}

const hasStep =
  (element: TimeElement) =>
  (leg: Leg): boolean =>
    leg.steps.some((step) => step.element === element);

/** What was said afterwards of a time of journey `i`, from 0: of the first that has such a time, what the run shows. */
function amendedAs(run: Folded, legs: readonly Leg[], i: number, element: TimeElement): Claim | null {
  const own = claimOf(run, `journey:${i + 1}:${element}`);
  const claim = own ?? (i === legs.findIndex(hasStep(element)) ? claimOf(run, `time:${element}`) : undefined);
  return claim && !claim.contested ? claim : null;
}

/** The steps as amended: what was pressed of a journey gives way to what was said of it afterwards. */
function amended(run: Folded, legs: readonly Leg[]): readonly Step[] {
  let way = legs.flatMap((leg) => leg.steps);
  for (const element of OF_A_JOURNEY) {
    for (const [i, leg] of legs.entries()) {
      const claim = amendedAs(run, legs, i, element);
      if (!claim) continue;
      const pressed = leg.steps.filter((step) => step.element === element);
      const at = numberIn(fieldsOf(claim.value).at);
      const hospital = pressed.reduce<string | null>((last, step) => step.hospital ?? last, null);
      // Ahead of what was pressed at that very moment: whatever hospital that named was named later.
      const moved = at === null ? [] : [{ element, at, hospital, pressedOn: i + 1 }];
      way = [...moved, ...way.filter((step) => !pressed.includes(step))];
    }
  }
  return way;
}

/** Whether something of a journey was entered twice. Times that are out of order make no second journey of one. */
function hasTwo(entered: readonly Step[]): boolean {
  const times = (element: TimeElement): number => entered.filter((step) => step.element === element).length;
  return times('leftScene') > 1 || times('atDestination') > 1;
}

/** Whether a run may have, or may ever have had, several journeys or patients: whoever says so looks closer. */
export function mayHaveSeveral(run: EntityRef, facts: readonly Fact[]): boolean {
  const own = facts.filter(({ about }) => about.includes(run));
  return own.some(({ type }) => type === 'unit.patients') || hasTwo(own.flatMap((fact) => stepOf(fact) ?? []));
}

function entered(run: EntityRef, facts: readonly Fact[]): readonly Step[] {
  const items = foldAll(run, facts, steps(run)).lists.steps ?? [];
  return items.filter(({ contested }) => !contested).map(({ value }) => readStep(value));
}

/**
 * The number of the journey that a run is on, 1…, as its steps were pressed; with `leaving`, a transport that is being entered,
 * the number of that one.
 */
export function journeyNow(
  run: EntityRef,
  facts: readonly Fact[],
  leaving?: { readonly at: number; readonly hospital: string | null },
): number {
  const step: Step | null = leaving ? { element: 'leftScene', ...leaving } : null;
  const way = [...entered(run, facts), ...(step ? [step] : [])];
  if (!hasTwo(way)) return 1;
  const legs = legsOf(way);
  const last = step ? legs.findIndex((leg) => leg.steps.includes(step)) + 1 : legs.length;
  return Math.min(Math.max(last, 1), MOST_JOURNEYS);
}

/** The number of the journey whose time of this kind the run shows as its own: the first that has one; null where none has. */
export function journeyShown(run: EntityRef, facts: readonly Fact[], element: TimeElement): number | null {
  const way = entered(run, facts);
  if (!hasTwo(way)) return way.some((step) => step.element === element) ? 1 : null;
  const shown = legsOf(way).findIndex(hasStep(element));
  return shown < 0 ? null : shown + 1;
}

/**
 * What the journeys of a run left and arrived at, by their numbers as they were pressed, each with what was amended of it; null where it
 * made no several.
 */
export function journeyTimes(run: Folded, { factsOf }: Pick<World, 'factsOf'>): AssignmentRow['journeys'] | null {
  if (OF_A_JOURNEY.every((element) => run.firsts[element] === undefined)) return null;
  const way = entered(run.ref, factsOf(run.ref));
  if (!hasTwo(way)) return null;
  const legs = legsOf(way).slice(0, MOST_JOURNEYS);
  if (legs.length < 2) return null;
  return legs.map((leg, i) => {
    const times: { [E in TimeElement]?: number } = {};
    for (const element of OF_A_JOURNEY) {
      const claim = amendedAs(run, legs, i, element);
      const pressed = leg.steps.find((step) => step.element === element)?.at;
      const at = claim ? numberIn(fieldsOf(claim.value).at) : pressed;
      if (typeof at === 'number') times[element] = at;
    }
    return times;
  });
}

/** The number of the last journey of a run that made several; else null. */
export function lastOfSeveral(run: Folded, world: Pick<World, 'factsOf'>): number | null {
  return journeyTimes(run, world)?.length ?? null;
}

/** How many were said to be on a journey, as it was pressed; null where nobody did, or it is contested. */
export function patientsSaid(run: Folded, journey: number): number | null {
  const claim = claimOf(run, `patients:${journey}`);
  return claim && !claim.contested ? numberIn(claim.value) : null;
}

/** The numbers of the journeys of which somebody said how many were on them, last first. */
function journeysCounted(run: Folded): readonly number[] {
  const counted: number[] = [];
  for (const register in run.registers)
    if (register.startsWith('patients:')) counted.push(Number(register.slice('patients:'.length)));
  return counted.sort((a, b) => b - a);
}

/** How many were on what was pressed as these journeys and was one. */
function countOn(run: Folded, isPart: (journey: number) => boolean): number {
  for (const journey of journeysCounted(run)) {
    const said = isPart(journey) ? patientsSaid(run, journey) : null;
    if (said !== null) return said;
  }
  return 1;
}

interface Made {
  readonly journey: Journey;
  readonly patients: number;
}

function severalMade(run: Folded, facts: readonly Fact[]): readonly Made[] | null {
  const way = entered(run.ref, facts);
  const legs = legsOf(way).map((leg, i) => ({
    ...leg,
    steps: leg.steps.map((step): Step => ({ ...step, pressedOn: i + 1 })),
  }));
  if (legs.length < 2 || !hasTwo(way)) return null;
  const made = legsOf(amended(run, legs));
  return made.map((leg) => {
    const first = (element: TimeElement): number | null =>
      leg.steps.find((step) => step.element === element)?.at ?? null;
    const journey = { leftScene: first('leftScene'), atDestination: first('atDestination'), destination: leg.hospital };
    return { journey, patients: countOn(run, (n) => homeOf(made, n) === leg) };
  });
}

/** Where they are whose journey was pressed as this one: where it left. An amended time may have put some of it into another. */
function homeOf(made: readonly Leg[], journey: number): Leg | undefined {
  const has = (leg: Leg, left: boolean): boolean =>
    leg.steps.some(({ pressedOn, element }) => pressedOn === journey && (!left || element === 'leftScene'));
  return made.find((leg) => has(leg, true)) ?? made.find((leg) => has(leg, false));
}

function onlyMade(run: Folded): readonly Made[] {
  const transport = transportOf(run);
  if (!transport) return [];
  const time = (element: TimeElement): number | null => timeOf(run, element)?.at ?? null;
  const destination = transport.destination?.name ?? null;
  const journey = { leftScene: time('leftScene'), atDestination: time('atDestination'), destination };
  return [{ journey, patients: countOn(run, () => true) }];
}

/**
 * The journey of each patient of a run, from all the facts about it; null where nothing says that there was more than one. The first
 * patients of all journeys stand before the second ones, so that another who is counted afterwards takes nobody's place.
 */
export function journeysOf(run: Folded, facts: readonly Fact[]): readonly Journey[] | null {
  const several = severalMade(run, facts);
  const made = several ?? onlyMade(run);
  const most = Math.max(0, ...made.map(({ patients }) => patients));
  if (!several && most < 2) return null;
  return Array.from({ length: most }, (_, before) =>
    made.flatMap(({ journey, patients }) => (patients > before ? [journey] : [])),
  ).flat();
}

/**
 * How many patients a run took in all; null where nobody said how many were on any of its journeys, or its facts are held here no
 * longer: without them nobody knows which journeys it made.
 */
export function patientsOf(run: Folded, { factsOf }: Pick<World, 'factsOf'>): number | null {
  if (journeysCounted(run).length === 0) return null;
  const facts = factsOf(run.ref);
  if (facts.length === 0) return null;
  return journeysOf(run, facts)?.length ?? (transportOf(run) ? 1 : null);
}

const ABOARD: readonly StandardStatus[] = ['transporting', 'atDestination'];

/** How many patients a unit has with it now; null where that is none, or nobody said how many. */
export function patientsAboard({ ref, folded, status }: Run, { factsOf }: Pick<World, 'factsOf'>): number | null {
  if (!ABOARD.includes(status.standard) || journeysCounted(folded).length === 0) return null;
  return patientsSaid(folded, journeyNow(ref, factsOf(ref)));
}
