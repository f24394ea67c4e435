/** One short tint of a new or changed row; none for people who asked for less motion. */
export function tint(element: HTMLElement): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  element.animate([{ backgroundColor: 'var(--tint)' }, { backgroundColor: 'transparent' }], {
    duration: 900,
    easing: 'ease-out',
  });
}
