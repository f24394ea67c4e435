/** A form of search over a list: `/` goes to it, Esc in it back to the list. */
import { type RefObject, useRef } from 'react';
import { useAction } from '../../app/keys/actions.ts';
import { focusFirst } from './focus.ts';

export function useSearchOverList(): {
  readonly form: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<HTMLDivElement | null>;
} {
  const form = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useAction('filter', () => {
    focusFirst(form.current);
    return true;
  });
  useAction('back', () => {
    if (!form.current?.contains(document.activeElement)) return false;
    focusFirst(list.current);
    return true;
  });
  return { form, list };
}
