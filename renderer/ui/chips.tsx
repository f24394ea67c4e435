import type { ReactNode } from 'react';
import type { Priority } from '#domain/cad/facts.ts';
import { inkOn } from '../app/theme/ink.ts';

const PRIORITY_COLOURS: { readonly [P in Priority]: string } = {
  1: '#ff4d42',
  2: '#ff9d3d',
  3: '#f0c24b',
  4: '#7d8994',
};

/** The priority's figure on its colour; a dash on none while it is not known. */
export function PriorityChip({ priority }: { readonly priority: Priority | null }): ReactNode {
  if (priority === null)
    return (
      <span className="chip chip-none" title="No priority yet">
        –
      </span>
    );
  const colour = PRIORITY_COLOURS[priority];
  return (
    <span className="chip" title={`Priority ${priority}`} style={{ background: colour, color: inkOn(colour) }}>
      {priority}
    </span>
  );
}

/** A status code on its colour. */
export function StatusChip({
  code,
  colour,
  label,
}: {
  readonly code: string;
  readonly colour: string;
  readonly label: string;
}): ReactNode {
  return (
    <span className="chip chip-status" title={label} style={{ background: colour, color: inkOn(colour) }}>
      {code}
    </span>
  );
}

/** A callsign with its status code. */
export function UnitTag({
  callsign,
  code,
  colour,
  label,
}: {
  readonly callsign: string;
  readonly code: string;
  readonly colour: string;
  readonly label: string;
}): ReactNode {
  return (
    <span className="unit-tag">
      <span className="unit-tag-name">
        <bdi>{callsign}</bdi>
      </span>
      <span className="unit-tag-code" title={label} style={{ background: colour, color: inkOn(colour) }}>
        {code}
      </span>
    </span>
  );
}

/** What a row must not be without, however narrow its cell: the word, or where there is no room for it its code. */
export function Mark({
  word,
  code,
  className,
}: {
  readonly word: string;
  readonly code: string;
  readonly className: string;
}): ReactNode {
  return (
    <span className={`stays ${className}`} title={word}>
      <span className="roomy"> · {word}</span>
      <span className="tight mono">{code}</span>
    </span>
  );
}

/** What the center has not got. */
export function Unsent({ count }: { readonly count: number }): ReactNode {
  if (count === 0) return null;
  return (
    <span className="unsent" title={`${count} not at the center yet`}>
      ↑{count}
    </span>
  );
}
