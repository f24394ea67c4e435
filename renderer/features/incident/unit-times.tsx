import type { ReactNode } from 'react';
import type { AssignmentRow } from '#domain/bridge/topics.ts';
import { listed, patientsWords } from '#domain/cad/sentences/words.ts';
import { CONFLICT_CODE } from '#domain/cad/views/status-set.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, daysTurned } from '../../app/clock/format.ts';
import { useAssignments, useOfUnits } from '../../app/connection/use-station.ts';
import { ConflictCard } from '../settle/conflict-card.tsx';
import { useStatuses } from '../units/statuses.ts';
import { UnitOnCall } from '../units/unit-on-call.tsx';
import { RUN_ELEMENTS, TIME_NAMES } from './times.ts';

type Time = NonNullable<AssignmentRow['times'][keyof AssignmentRow['times']]>;
interface Told {
  readonly element: (typeof RUN_ELEMENTS)[number];
  readonly time: Time;
  /** Of another day than the time before it, or the call; else empty. */
  readonly day: string;
}

/** While nobody has settled which of two statuses it has, neither stands for both. */
const codeOf = ({ code, conflicts }: AssignmentRow): string =>
  conflicts.some(({ register }) => register === 'status') ? CONFLICT_CODE : code;

function timesInOrder({ times }: AssignmentRow, answeredAt: number, zone: string): readonly Told[] {
  const known = RUN_ELEMENTS.flatMap((element) => {
    const time = times[element];
    return time ? [{ element, time }] : [];
  });
  const days = daysTurned(
    known.map(({ time }) => time.at),
    answeredAt,
    zone,
  );
  return known.map((one, i) => ({ ...one, day: days[i] ?? '' }));
}

/** Where it took its patients, and how many where that is more than one. */
function Taken({ destination, patients }: Pick<AssignmentRow, 'destination' | 'patients'>): ReactNode {
  const count = patients === null || patients < 2 ? '' : patientsWords(patients);
  const to = destination ? `→ ${destination.name}` : '';
  return to || count ? <span className="unit-time">{[to, count].filter(Boolean).join(', ')}</span> : null;
}

/** What else a unit is on that was sent to another call and is not off this one: who waits for it here has to know. */
function AlsoOn({ unit, incident }: Pick<AssignmentRow, 'unit' | 'incident'>): ReactNode {
  const others = useOfUnits((units) => {
    const on = units[unit]?.incidents ?? [];
    return listed([...new Set(on.filter(({ id }) => id !== incident).map(({ number }) => number))]);
  });
  return others === '' ? null : <span className="unit-time text-amber">also on {others}</span>;
}

/** Units that are or were on the incident, with the times of each. */
export function UnitTimes({
  incident,
  answeredAt,
}: {
  readonly incident: string;
  /** When the call was answered: a time of another day says which. ms UTC */
  readonly answeredAt: number;
}): ReactNode {
  const assignments = useAssignments(incident);
  const statuses = useStatuses();
  const zone = useZone();
  const rows = Object.values(assignments).sort(
    (a, b) => Number(b.active) - Number(a.active) || a.callsign.localeCompare(b.callsign, 'en', { numeric: true }),
  );
  if (rows.length === 0) return null;
  return (
    <ul className="unit-times" aria-label="Units and their times">
      {rows.map((row) => (
        <li key={row.id} className={row.active ? undefined : 'over'}>
          <UnitOnCall unit={{ ...row, code: codeOf(row) }} statuses={statuses} />
          <span className="min-w-0">
            {timesInOrder(row, answeredAt, zone).map(({ element, time, day }) => {
              const was = time.was === undefined ? '' : `was ${clockTime(time.was, zone)}`;
              return (
                <span
                  key={element}
                  className="unit-time"
                  title={[was, time.reason].filter(Boolean).join(', ') || undefined}
                >
                  <span className="muted">{TIME_NAMES[element]}</span>{' '}
                  <span className="mono">
                    {day ? `${day} ` : ''}
                    {clockTime(time.at, zone)}
                  </span>
                  {time.amended ? <span className="text-amber"> amended</span> : null}
                </span>
              );
            })}
            <Taken {...row} />
            {row.active ? <AlsoOn {...row} /> : null}
          </span>
          {row.conflicts.map((conflict) => (
            <ConflictCard key={conflict.register} conflict={conflict} />
          ))}
        </li>
      ))}
    </ul>
  );
}
