import type { ReactNode } from 'react';
import { useSelection } from '../../app/selection.ts';
import { questionOf } from '../../app/typed-kept.ts';
import { useAskText } from './ask-fields.tsx';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { useSend } from './use-send.ts';

/** Takes a unit off the incident: which one (the selected one stands first), and why. */
export function AskCancel({ row, onDone }: AskProps): ReactNode {
  const selected = useSelection((at) => at.unit);
  const [text, setText] = useAskText(row, 'cancel');
  const { send, error, fail } = useSend(questionOf(row.id, 'cancel'), onDone);
  const units = row.units.toSorted((a, b) => Number(b.unit === selected) - Number(a.unit === selected));
  const options = units.map((unit) => ({ key: unit.unit, text: unit.callsign }));
  const cancel = (unit: string, reason: string): void =>
    send('unit.cancel', { unit, incident: row.id, ...(reason ? { reason } : {}) });
  return (
    <AskLine
      title="Cancel a unit"
      label="Its digit, or callsign and reason"
      value={text}
      onChange={setText}
      onEnter={() => {
        const [name = '', ...why] = text.trim().split(/\s+/);
        const unit =
          name === '' && units.length === 1 ? units[0] : units.find((one) => one.callsign === name.toUpperCase());
        if (unit) cancel(unit.unit, why.join(' '));
        else fail(units.length === 0 ? 'No unit is on this incident.' : 'Name one of the units that are on it.');
      }}
      onEscape={onDone}
      options={options}
      onOption={(option) => cancel(option.key, '')}
      error={error}
    />
  );
}
