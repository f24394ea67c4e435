/** A position as it is named beside who sat there; one that is a number needs the word. Pure. */
export function seatSaid(position: string): string {
  return /^\d+$/.test(position) ? `pos ${position}` : position;
}
