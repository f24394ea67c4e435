/** Keys that an input method takes while it composes: they are its own, and mean nothing on the screen. */

/** What a browser calls a key that an input method took: Safari says of the Enter that ended it only this, after its end. */
const TAKEN = 229;

export const isComposing = ({ isComposing, keyCode }: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean =>
  isComposing || keyCode === TAKEN;

/** Keeps them from all that listens in this window, for as long as it is open. */
export function holdComposing(): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (isComposing(event)) event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
