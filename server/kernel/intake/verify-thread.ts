/** The other side of verifiers.ts: checks a batch of signatures and says which hold. */
import { parentPort } from 'node:worker_threads';
import { loadQuickSigning } from '../keys/quick-signing.ts';
import { type PackedChecks, unpacked } from './packed-checks.ts';
import { verifyHere } from './signature-checks.ts';

await loadQuickSigning();
parentPort?.on('message', (batch: PackedChecks) => {
  void verifyHere(unpacked(batch)).then((holds) => parentPort?.postMessage({ id: batch.id, holds }));
});
