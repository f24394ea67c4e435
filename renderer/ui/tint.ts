/** One short tint of a new or changed row; none for people who asked for less motion. */
export function tint(element: HTMLElement): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  element.animate({ opacity: [1, 0] }, { pseudoElement: '::after', duration: 900, easing: 'ease-out' });
}
