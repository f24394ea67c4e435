/** Progress for the person at the terminal: one line a step, each with the time since the start. */
export interface Progress {
  readonly say: (text: string) => void;
  /** Says when a step begins and, where it took a while, when it is done. */
  readonly step: <T>(text: string, work: () => Promise<T>) => Promise<T>;
}

/** A step shorter than this is not worth a second line, ms. */
const SHORT_MS = 1_500;

export function createProgress(write: (text: string) => void, now: () => number): Progress {
  const started = now();
  const say = (text: string): void => write(`${((now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  return {
    say,
    step: async (text, work) => {
      const began = now();
      say(`${text} …`);
      const result = await work();
      const took = now() - began;
      if (took > SHORT_MS) say(`${text}: done in ${(took / 1000).toFixed(1)} s`);
      return result;
    },
  };
}
