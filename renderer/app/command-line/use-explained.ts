/** What the typed line will do, in words, before it is entered. */
export interface Explained {
  readonly says: string;
  readonly wrong: boolean;
  /** The line as Tab completes it, or null. */
  readonly completed: string | null;
}

export function useExplained(_line: string): Explained {
  return { says: '', wrong: false, completed: null };
}
