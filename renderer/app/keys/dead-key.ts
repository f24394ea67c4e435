/**
 * A key that waits for a letter to put an accent on, pressed as the key for the command line: the accent would stand in the line
 * with the first letter of a command, whichever way the platform brings it.
 */
import { isNoneAlone } from './key-map.ts';

/** An accent that found no letter that takes it, before that letter or by itself. */
const ALONE = /^[`´^~¨]/;

/** The text without the accent that is on its first letter or before it; the same where there is none. Pure. */
export function withoutAccent(text: string): string {
  const apart = text.normalize('NFD');
  const bare = apart.replace(/^(\P{M})\p{M}/u, '$1');
  return bare === apart ? text.replace(ALONE, '') : bare.normalize('NFC');
}

/** `comes`: such a key was pressed just now. */
export function holdAccentBack(): { readonly comes: () => void; readonly close: () => void } {
  let comes = false;
  const write = (text: string): void => {
    if (text === '') document.execCommand('delete');
    else document.execCommand('insertText', false, text);
  };
  /** As a character of its own, or on the next one. */
  const beforeInput = (event: InputEvent): void => {
    if (!comes || event.isComposing || event.data === null) return;
    const bare = withoutAccent(event.data);
    comes = bare === '';
    if (bare === event.data) return;
    event.preventDefault();
    if (bare !== '') write(bare);
  };
  /** As something composed, which can be taken off once it is whole. */
  const composed = ({ data, target }: CompositionEvent): void => {
    if (!comes || !(target instanceof HTMLInputElement)) return;
    comes = false;
    const bare = withoutAccent(data);
    const end = target.selectionStart ?? 0;
    if (bare === data || target.value.slice(end - data.length, end) !== data) return;
    target.setSelectionRange(end - data.length, end);
    write(bare);
  };
  /** Escape, an arrow: the platform forgets the accent by it. */
  const key = (event: KeyboardEvent): void => {
    if (event.key.length > 1 && event.key !== 'Dead' && !isNoneAlone(event.key)) comes = false;
  };
  window.addEventListener('beforeinput', beforeInput, { capture: true });
  window.addEventListener('compositionend', composed, { capture: true });
  window.addEventListener('keydown', key, { capture: true });
  return {
    comes: () => {
      comes = true;
    },
    close: () => {
      window.removeEventListener('beforeinput', beforeInput, { capture: true });
      window.removeEventListener('compositionend', composed, { capture: true });
      window.removeEventListener('keydown', key, { capture: true });
    },
  };
}
