/**
 * Text that is pasted or dropped into a field brings marks that nobody sees. Nothing on the board takes them, and whoever pasted
 * a number would be told of characters that they cannot find: they stay out, as line ends stay out of a field of one line.
 */
import { readableOf } from '#domain/kernel/readable.ts';

/** For as long as the window is open. */
export function keepMarksOut(): void {
  window.addEventListener(
    'beforeinput',
    (event) => {
      // A password is whatever its owner chose.
      const secret = event.target instanceof HTMLInputElement && event.target.type === 'password';
      if (event.isComposing || event.data === null || secret) return;
      const readable = readableOf(event.data);
      if (readable === event.data) return;
      event.preventDefault();
      if (readable !== '') document.execCommand('insertText', false, readable);
    },
    { capture: true },
  );
}
