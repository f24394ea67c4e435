/** A batch of signatures to check as it goes to a thread: few long arrays, which cost a fraction of as many small objects. */
import type { SignatureCheck } from './signature-checks.ts';

export interface PackedChecks {
  readonly id: number;
  readonly texts: readonly string[];
  readonly signatures: readonly string[];
  /** Each list of keys once; facts of one workstation have the same. */
  readonly keys: readonly (readonly string[])[];
  /** Which of the lists each check goes by. */
  readonly by: readonly number[];
}

export function packed(id: number, checks: readonly SignatureCheck[]): PackedChecks {
  const lists = new Map<string, number>();
  const keys: (readonly string[])[] = [];
  const by = checks.map((check) => {
    const name = check.keys.join();
    const known = lists.get(name);
    if (known !== undefined) return known;
    lists.set(name, keys.length);
    return keys.push(check.keys) - 1;
  });
  return { id, texts: checks.map(({ text }) => text), signatures: checks.map(({ signature }) => signature), keys, by };
}

export function unpacked({ texts, signatures, keys, by }: PackedChecks): readonly SignatureCheck[] {
  return texts.map((text, i) => ({ text, signature: signatures[i] ?? '', keys: keys[by[i] ?? -1] ?? [] }));
}
