/** The times of a unit's run, as rows of what is known about it. */
import type { ReactNode } from 'react';
import type { TimeElement } from '#domain/cad/status.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import { TIME_NAMES } from '../../features/incident/times.ts';

type Times = { readonly [E in TimeElement]?: number | null | undefined };

interface TimeSaid {
  readonly element: TimeElement;
  readonly name: string;
  readonly at: number;
}

/** Those that were recorded, in the order in which they happen. ms UTC */
export function timesSaid(times: Times): readonly TimeSaid[] {
  return (Object.keys(TIME_NAMES) as TimeElement[]).flatMap((element) => {
    const at = times[element];
    return at === undefined || at === null ? [] : [{ element, name: TIME_NAMES[element], at }];
  });
}

/** With the day wherever it is not `day`, the one that was said before; those that were amended with the mark of the report. */
export function runTimeRows(
  times: Times,
  day: number | null,
  zone: string,
  amended: readonly TimeElement[] = [],
): readonly (readonly [string, ReactNode])[] {
  return timesSaid(times).map(({ element, name, at }) => [
    name,
    <span key={name} className="mono">
      {day !== null && dayLine(at, zone) !== dayLine(day, zone) ? `${dayLine(at, zone)} ` : ''}
      {clockTime(at, zone)}
      {amended.includes(element) ? <Amended /> : null}
    </span>,
  ]);
}

function Amended(): ReactNode {
  return (
    <>
      <b aria-hidden="true">*</b>
      <span className="sr-only-text"> amended</span>
    </>
  );
}
