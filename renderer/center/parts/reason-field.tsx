import type { ReactNode } from 'react';
import { TextField } from '../../ui/fields.tsx';

/** Why somebody does what the audit keeps with their name. */
export function ReasonField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <TextField
      name="reason"
      label="Reason"
      value={value}
      onChange={onChange}
      hint="Goes into the audit with your name."
    />
  );
}
