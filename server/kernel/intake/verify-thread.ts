/** The other side of verifiers.ts: checks a batch of signatures and says which hold. */
import { parentPort } from 'node:worker_threads';
import { type PackedChecks, unpacked } from './packed-checks.ts';
import { verifyQuickly } from './quick-signatures.ts';

parentPort?.on('message', (batch: PackedChecks) => {
  void verifyQuickly(unpacked(batch)).then((holds) => parentPort?.postMessage({ id: batch.id, holds }));
});
