/** One short tint of a new or changed row; none for people who asked for less motion. */
export function tint(element: HTMLElement): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const colour = getComputedStyle(element).getPropertyValue('--tint');
  element.animate([{ backgroundColor: colour }, { backgroundColor: 'transparent' }], {
    duration: 900,
    easing: 'ease-out',
  });
}
