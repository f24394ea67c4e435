import type { ReactNode } from 'react';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockTime, readTime } from '../../app/clock/format.ts';
import { useAssignments } from '../../app/connection/use-station.ts';
import { useSelection } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import type { AskProps } from './ask-in-place.tsx';
import { AskLine } from './ask-line.tsx';
import { RUN_ELEMENTS, TIME_NAMES } from './times.ts';
import { useSend } from './use-send.ts';

/** Corrects a time, or fills one that is missing: which unit, which time, the new time, and why. Both values are kept. */
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
    typed: '',
    reason: '',
  });
  const of = chosen.of || (preferred?.id ?? row.id);
  const element = RUN_ELEMENTS.find((one) => one === chosen.element) ?? 'onScene';
  const { send, error, fail } = useSend(questionOf(row.id, 'time'), onDone);
  const assignment = assignments.find((one) => one.id === of);
  const known = assignment?.times[element];
  const near = known?.at ?? now();

  const enter = (): void => {
    const time = readTime(typed, near, zone);
    if (time === null) fail('Type the time as 14:32:07 or 1432.');
    else if (!known) send('time.record', { of, element, time });
    else if (!reason.trim()) fail('A corrected time needs its reason.');
    else {
      const shown = [...(assignment?.shown[`time:${element}`] ?? [])];
      send('time.amend', { of, element, time, reason: reason.trim(), shown });
    }
  };

  return (
    <AskLine
      title={known ? 'Amend' : 'Record'}
      label={known ? `New time; now ${clockTime(known.at, zone)}` : 'Time, e.g. 14:32:07'}
      value={typed}
      // Whose time it is stands from the first key on, whatever happens on the board meanwhile.
      onChange={(next) => type({ typed: next, of, element })}
      onEnter={enter}
      onEscape={onDone}
      error={error}
    >
      <select
        aria-label="Whose"
        className="field w-auto"
        value={of}
        onChange={(event) => type({ of: event.target.value })}
      >
        {assignments.map((one) => (
          <option key={one.id} value={one.id}>
            {one.callsign}
          </option>
        ))}
        {assignments.length === 0 ? <option value={row.id}>{row.number}</option> : null}
      </select>
      <select
        aria-label="Which"
        className="field w-auto"
        value={element}
        onChange={(event) => type({ element: event.target.value })}
      >
        {RUN_ELEMENTS.map((one) => (
          <option key={one} value={one}>
            {TIME_NAMES[one]}
            {assignment?.times[one] ? ` ${clockTime(assignment.times[one].at, zone)}` : ''}
          </option>
        ))}
      </select>
      <input
        aria-label="Reason"
        className="field"
        value={reason}
        placeholder={known ? 'reason' : 'no reason'}
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
