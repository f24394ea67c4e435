/** The other side of verifiers.ts: checks a batch of signatures and says which hold. */
import { parentPort } from 'node:worker_threads';
import { type SignatureCheck, verifyHere } from './prepare.ts';

parentPort?.on('message', ({ id, checks }: { readonly id: number; readonly checks: readonly SignatureCheck[] }) => {
  void verifyHere(checks).then((holds) => parentPort?.postMessage({ id, holds }));
});
