/** What may stand in text that comes from a window. */
import { isReadable } from '../../domain/kernel/readable.ts';

/** Deepest nesting of an input; the deepest declared one (a layout) stays far below. */
const MAX_DEPTH = 64;
/** Most values in one input: 2,000 records with some twenty fields each. */
const MAX_VALUES = 200_000;

export interface Objection {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

function nameOf(path: readonly string[]): string {
  return path.join('.').slice(0, 80);
}

/**
 * Why a value cannot be taken as it is: control characters other than tab and line ends, characters that turn the
 * direction of text around, broken surrogates, keys that would reach an object's prototype, too deep, too many; null
 * where nothing speaks against it. Never throws, whatever the value; does not recurse, so depth cannot exhaust the stack.
 */
export function objectionTo(input: unknown): Objection | null {
  const waiting: { value: unknown; path: readonly string[] }[] = [{ value: input, path: [] }];
  for (let seen = 0; waiting.length > 0; seen++) {
    const { value, path } = waiting.pop() as (typeof waiting)[number];
    if (seen > MAX_VALUES) return { code: 'input.too_large', field: '', message: 'The input holds too many values.' };
    if (typeof value === 'string') {
      if (!isReadable(value)) {
        const field = nameOf(path);
        return {
          code: 'text.control',
          field,
          message: `${field || 'The input'} holds characters that cannot be read.`,
        };
      }
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= MAX_DEPTH) {
        return { code: 'input.too_deep', field: nameOf(path.slice(0, 4)), message: 'The input is nested too deeply.' };
      }
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
        return { code: 'field.invalid', field: nameOf(path), message: 'Bytes are not taken here.' };
      }
      for (const [key, inner] of Object.entries(value)) {
        if (key === '__proto__' || !isReadable(key)) {
          return { code: 'field.invalid', field: nameOf(path), message: 'A field has a name that cannot be used.' };
        }
        waiting.push({ value: inner, path: [...path, key] });
      }
    }
  }
  return null;
}
