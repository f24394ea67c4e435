/** The keys of these screens. Letters mean something only where nothing is being typed. */
import { isTyping, perform } from '../../app/keys/actions.ts';
import { strokeOf } from '../../app/keys/key-map.ts';

export const KEYS: readonly { readonly key: string; readonly action: string; readonly title: string }[] = [
  { key: 'F1', action: 'help', title: 'This card' },
  { key: '/', action: 'filter', title: 'Filter or search this list' },
  { key: 'n', action: 'new', title: 'New: invite, make a code, set up' },
  { key: 'F6', action: 'pane.next', title: 'Next pane' },
  { key: 'Shift+F6', action: 'pane.previous', title: 'Previous pane' },
  { key: 't', action: 'palette', title: 'Night or day' },
  { key: 'Escape', action: 'back', title: 'Leave what is open, or the field one types in' },
];

/** The focus goes to what its pane is come to by, where letters are keys there, else to the screen. */
function leaveField(field: Element): void {
  const pane = field.closest('main [data-pane]')?.querySelector<HTMLElement>('[data-panel-focus]');
  if (pane && !isTyping(pane)) pane.focus();
  else field.closest<HTMLElement>('main')?.focus();
}

/** How long after `g` a letter still means a screen. ms */
const BREATH_MS = 1_500;

/** `goTo` is asked with the letter after `g`; it says whether there is a screen of that letter. */
export function listenForKeys(goTo: (letter: string) => boolean): () => void {
  let leader = Number.NEGATIVE_INFINITY;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const stroke = strokeOf(event);
    const typing = event.target instanceof Element && isTyping(event.target);
    const heard = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (!typing && event.timeStamp - leader < BREATH_MS) {
      leader = Number.NEGATIVE_INFINITY;
      if (goTo(stroke)) {
        heard();
        return;
      }
    }
    if (!typing && stroke === 'g') {
      leader = event.timeStamp;
      heard();
      return;
    }
    const found = KEYS.find(({ key }) => key === stroke);
    if (!found || (typing && found.key.length === 1)) return;
    if (perform(found.action) || stroke.startsWith('F')) heard();
    // Nothing is open: the field is left, so that letters mean screens again.
    else if (typing && found.action === 'back') leaveField(event.target);
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
