/** The command line, as other parts of the screen may use it. */
export interface Line {
  /** Puts a command there, not yet entered, with the caret at a place. */
  readonly fill: (line: string, caret: number) => void;
  readonly focus: () => void;
}

const none: Line = { fill: () => undefined, focus: () => undefined };
let held: Line = none;
export const commandLine: Line = {
  fill: (line, caret) => held.fill(line, caret),
  focus: () => held.focus(),
};
export function provideLine(next: Line | null): void {
  held = next ?? none;
}
