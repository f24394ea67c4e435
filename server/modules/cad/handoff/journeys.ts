/**
 * The journeys of a run that took patients more than once. Pure.
 *
 * A unit has brought its patient when it arrives or hands over. It has another when it leaves (or arrives) after it was back at the
 * scene meanwhile, and when it leaves for another hospital after it handed over. Whatever else is pressed belongs to the journey
 * that goes on: a hospital that was changed on the way, a button pressed twice, a diversion at the door.
 *
 * An amended time corrects the first journey that has such a time, for it is the one that the run shows.
 */
import type { Journey } from '#domain/cad/handoff.ts';
import { isAtScene, type StandardStatus, TIME_OF, type TimeElement } from '#domain/cad/status.ts';
import { claimOf, fieldsOf, numberIn, textOf } from '#domain/cad/views/reading.ts';
import type { Fact } from '#domain/kernel/fact.ts';
import { type EffectsOf, type Folded, foldAll } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';

interface Step {
  readonly element: TimeElement;
  readonly at: number;
  readonly hospital: string | null;
}
interface Leg {
  readonly steps: Step[];
  hospital: string | null;
  brought: boolean;
  handedOver: boolean;
  backAtScene: boolean;
}

const OF_A_JOURNEY: readonly TimeElement[] = ['leftScene', 'atDestination', 'destinationTransfer'];

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

/** The steps as amended: what was pressed of the first journey that has such a time gives way to what was said of it afterwards. */
function amended(run: Folded, legs: readonly Leg[]): readonly Step[] {
  let way = legs.flatMap((leg) => leg.steps);
  for (const element of OF_A_JOURNEY) {
    const claim = claimOf(run, `time:${element}`);
    const pressed = legs
      .find((leg) => leg.steps.some((step) => step.element === element))
      ?.steps.filter((step) => step.element === element);
    if (!claim || claim.contested || !pressed) continue;
    const at = numberIn(fieldsOf(claim.value).at);
    const hospital = pressed.reduce<string | null>((last, step) => step.hospital ?? last, null);
    // Ahead of what was pressed at that very moment: whatever hospital that named was named later.
    way = [...(at === null ? [] : [{ element, at, hospital }]), ...way.filter((step) => !pressed.includes(step))];
  }
  return way;
}

/** Whether something of a journey was entered twice. Times that are out of order make no second journey of one. */
function hasTwo(entered: readonly Step[]): boolean {
  const times = (element: TimeElement): number => entered.filter((step) => step.element === element).length;
  return times('leftScene') > 1 || times('atDestination') > 1;
}

/** Whether a run may have, or may ever have had, several journeys: whoever says so looks closer. */
export function mayHaveSeveral(run: EntityRef, facts: readonly Fact[]): boolean {
  return hasTwo(facts.flatMap((fact) => (fact.about.includes(run) ? (stepOf(fact) ?? []) : [])));
}

/** The journeys of a run, first to last, from all the facts about it; null where nothing says that there was more than one. */
export function journeysOf(run: Folded, facts: readonly Fact[]): readonly Journey[] | null {
  const items = foldAll(run.ref, facts, steps(run.ref)).lists.steps ?? [];
  const entered = items.filter(({ contested }) => !contested).map(({ value }) => readStep(value));
  const legs = legsOf(entered);
  if (legs.length < 2 || !hasTwo(entered)) return null;
  return legsOf(amended(run, legs)).map((leg) => {
    const first = (element: TimeElement): number | null =>
      leg.steps.find((step) => step.element === element)?.at ?? null;
    return { leftScene: first('leftScene'), atDestination: first('atDestination'), destination: leg.hospital };
  });
}
