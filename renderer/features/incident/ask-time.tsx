import type { ReactNode } from 'react';
import type { AssignmentRow } from '#domain/bridge/topics.ts';
import { TIMES_OF_A_JOURNEY, TIMES_OF_THE_CALL, type TimeElement } from '#domain/cad/status.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockTime, readTime } from '../../app/clock/format.ts';
import { useAssignments } from '../../app/connection/use-station.ts';
import { useSelection } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { RUN_ELEMENTS, TIME_NAMES } from './times.ts';
import { useSend } from './use-send.ts';

type Journeys = NonNullable<AssignmentRow['journeys']>;

const isOfJourney = (element: TimeElement): boolean => (TIMES_OF_A_JOURNEY as readonly TimeElement[]).includes(element);
/** The number of the journey whose time the run shows as its own: the first that has one. */
const firstWith = (journeys: Journeys, element: TimeElement): number =>
  Math.max(
    0,
    journeys.findIndex((times) => times[element] !== undefined),
  ) + 1;

/** What of the call itself stands. */
const ofCallAt = (row: AskProps['row'], element: TimeElement): number | undefined =>
  (element === 'psapCall' ? row.answeredAt || null : row.enteredAt) ?? undefined;

/**
 * Corrects a time, or fills one that is missing: which unit or the call itself, which time, of which of its journeys where it made several, the new
 * time or `-` where there is none, and why. Both values are kept.
 */
export function AskTime({ row, onDone }: AskProps): ReactNode {
  const assignments = Object.values(useAssignments(row.id)).sort((a, b) => a.callsign.localeCompare(b.callsign));
  const zone = useZone();
  const unit = useSelection((at) => at.unit);
  const preferred =
    assignments.find((one) => one.unit === unit && one.active) ??
    assignments.find((one) => one.active) ??
    assignments[0];
  const [{ typed, reason, ...chosen }, type] = useTypedKept(questionOf(row.id, 'time'), {
    of: '',
    element: '',
    journey: '',
    typed: '',
    reason: '',
  });
  const call = `incident:${row.id}`;
  // The board knows of a unit before the incident's own topic is there.
  const of = chosen.of || (preferred?.id ?? row.units[0]?.assignment ?? call);
  const elements: readonly TimeElement[] = of === call ? TIMES_OF_THE_CALL : RUN_ELEMENTS;
  const element = elements.find((one) => one === chosen.element) ?? (of === call ? 'psapCall' : 'onScene');
  const { send, error, fail } = useSend(questionOf(row.id, 'time'), onDone);
  const assignment = assignments.find((one) => one.id === of);
  const journeys = isOfJourney(element) ? (assignment?.journeys ?? []) : [];
  const journey =
    journeys.length > 0 ? Math.min(Number(chosen.journey) || firstWith(journeys, element), journeys.length) : null;
  const knownOf = (one: TimeElement): number | undefined =>
    of === call ? ofCallAt(row, one) : assignment?.times[one]?.at;
  const known = journey === null ? knownOf(element) : journeys[journey - 1]?.[element];
  const shown = (assignment ?? row).shown;
  const struck = known === undefined && shown[`time:${element}`] !== undefined;
  const reasoned =
    known !== undefined ? 'corrected time' : struck ? 'time that was struck' : 'time of one of several journeys';
  const needsReason = known !== undefined || struck || journey !== null;
  const near = known ?? journeys.at((journey ?? 0) - 1)?.leftScene ?? (of === call ? row.answeredAt || now() : now());

  const enter = (): void => {
    const strikes = typed.trim() === '-';
    const time = strikes ? null : readTime(typed, near, now(), zone);
    if (strikes && known === undefined) fail('There is no such time to strike.');
    else if (time === null && !strikes) fail('Type the time as 14:32:07 or 1432.');
    else if (time !== null && !needsReason) send('time.record', { of, element, time });
    else if (!reason.trim()) fail(`A ${strikes ? 'struck time' : reasoned} needs its reason.`);
    else {
      const registers = [`time:${element}`, ...(journey === null ? [] : [`journey:${journey}:${element}`])];
      const replaced = registers.flatMap((register) => shown[register] ?? []);
      const on = journey === null ? {} : { journey };
      send('time.amend', { of, element, time, reason: reason.trim(), shown: replaced, ...on });
    }
  };

  return (
    <AskLine
      title={known || struck ? 'Amend' : 'Record'}
      label={known ? `New time; now ${clockTime(known, zone)}; - strikes it` : 'Time, e.g. 14:32:07'}
      value={typed}
      // Whose time it is stands from the first key on, whatever happens on the board meanwhile.
      onChange={(next) => type({ typed: next, of, element, journey: journey === null ? '' : String(journey) })}
      onEnter={enter}
      onEscape={onDone}
      error={error}
    >
      <select
        aria-label="Whose"
        className="field w-auto"
        value={of}
        onChange={(event) => type({ of: event.target.value, journey: '' })}
      >
        {assignments.map((one) => (
          <option key={one.id} value={one.id}>
            {one.callsign}
          </option>
        ))}
        <option value={call}>call</option>
      </select>
      <select
        aria-label="Which"
        className="field w-auto"
        value={element}
        onChange={(event) => type({ element: event.target.value, journey: '' })}
      >
        {elements.map((one) => {
          const at = knownOf(one);
          return (
            <option key={one} value={one}>
              {TIME_NAMES[one]}
              {at === undefined ? '' : ` ${clockTime(at, zone)}`}
            </option>
          );
        })}
      </select>
      {journey === null ? null : (
        <select
          aria-label="Journey"
          className="field w-auto"
          value={journey}
          onChange={(event) => type({ journey: event.target.value })}
        >
          {journeys.map((times, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a journey is its number
            <option key={i} value={i + 1}>
              {`J${i + 1}${times[element] === undefined ? '' : ` ${clockTime(times[element], zone)}`}`}
            </option>
          ))}
        </select>
      )}
      <input
        aria-label="Reason"
        className="field"
        value={reason}
        placeholder={needsReason ? 'reason' : 'no reason'}
        onChange={(event) => type({ reason: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          enter();
        }}
      />
    </AskLine>
  );
}
