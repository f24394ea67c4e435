/** A question that asks for one thing or its opposite, by how the incident stands: hold or release, close or reopen. */
import { useState } from 'react';
import type { IncidentAsk } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import type { AskProps } from './ask-props.ts';

/**
 * `stands`: what would be asked for now. What it was begun as stays, whatever somebody else does to the incident meanwhile:
 * whoever typed why a call is held must not release it by their Enter, nor reopen one by how it ended.
 */
export function useAskBegun(
  row: AskProps['row'],
  kind: IncidentAsk,
  stands: string,
): {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly begun: string;
  /** It is done already, or undone, by somebody else. */
  readonly overtaken: boolean;
} {
  const [typed, type] = useTypedKept(questionOf(row.id, kind), { text: '', as: '' });
  const [first] = useState(stands);
  const begun = typed.as || first;
  return {
    text: typed.text,
    setText: (text) => type({ text, as: begun }),
    begun,
    overtaken: begun !== stands,
  };
}
