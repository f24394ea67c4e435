/** The command line, as other parts of the screen may use it. */
export interface Line {
  /** Puts a command there, not yet entered, with the caret at a place. */
  readonly fill: (line: string, caret: number) => void;
  readonly focus: () => void;
  /** Where the focus was before it came here, and goes back to. */
  readonly from: () => HTMLElement | null;
}

const none: Line = { fill: () => undefined, focus: () => undefined, from: () => null };
let held: Line = none;
export const commandLine: Line = {
  fill: (line, caret) => held.fill(line, caret),
  focus: () => held.focus(),
  from: () => held.from(),
};
export function provideLine(next: Line | null): void {
  held = next ?? none;
}
