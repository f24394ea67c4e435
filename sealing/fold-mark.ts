/** How a state that is kept folded says which rules folded it. */
import type { Folded } from '../domain/kernel/fold.ts';
import { sha256 } from './digest.ts';

/**
 * The mark of states folded by rules of this version, in a build that reads these types (`type@v`): the version itself, or,
 * where a state may lack something that could not be read, a number below zero that every other set of types changes. A
 * judged state may: a contested fact does not make it partly shown, and is to be seen beside the others once it is read.
 * Fits a signed 32-bit column.
 */
export function foldMarks(
  version: number,
  reads: readonly string[],
): (state: Pick<Folded, 'partly' | 'judged'>) => number {
  const byReads = -1 - (Buffer.from(sha256(JSON.stringify([version, reads])), 'base64url').readUInt32BE() >>> 1);
  return ({ partly, judged }) => (partly || judged ? byReads : version);
}
