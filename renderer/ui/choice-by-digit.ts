/** A key as it was pressed. */
interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * The choice that a digit means, counted from 1; undefined where the digit is part of what is being typed: with it, the
 * text begins the code or the words of something that can be named (`10` of the nature `10D1`, `51` of a unit 51). With Ctrl,
 * Alt or Meta it is a key of the window (a layout) and no choice. Pure.
 */
export function choiceByDigit<T>(
  typed: string,
  { key, ctrlKey, altKey, metaKey }: Pressed,
  choices: readonly T[],
  names: readonly (string | undefined)[],
): T | undefined {
  if (!/^[1-9]$/.test(key) || ctrlKey || altKey || metaKey) return undefined;
  const choice = choices[Number(key) - 1];
  const text = (typed + key).trim().toLowerCase();
  return names.some((name) => name?.toLowerCase().startsWith(text)) ? undefined : choice;
}
