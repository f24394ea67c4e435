/** The other side of verifiers.ts: checks a batch of signatures and says which hold. */
import { parentPort } from 'node:worker_threads';
import type { SignatureCheck } from './prepare.ts';
import { verifyQuickly } from './quick-signatures.ts';

parentPort?.on('message', ({ id, checks }: { readonly id: number; readonly checks: readonly SignatureCheck[] }) => {
  void verifyQuickly(checks).then((holds) => parentPort?.postMessage({ id, holds }));
});
