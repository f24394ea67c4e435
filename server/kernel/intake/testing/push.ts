/** One push taken by itself, on this thread: the product has pushes that come together taken in one step (intake/queue.ts). */
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { acknowledge, type CenterKeys, type Taken, takePushes, takeWithoutNamesakes } from '../intake.ts';
import type { World } from '../own.ts';
import type { CenterLog } from '../port.ts';
import { preparePush } from '../prepare.ts';
import { verifyHere } from '../signature-checks.ts';

/** Idempotent: the same frames again are acknowledged again and change nothing. */
export async function pushFrames(
  log: CenterLog,
  keys: CenterKeys,
  world: World,
  org: string,
  site: string,
  input: PushIn,
): Promise<PushOut> {
  const push = await preparePush(log, keys.publicKeys, verifyHere, org, site, input);
  const taken = await log
    .intake(org, (tx) => takePushes(tx, [push], keys.signer, world), undefined, true)
    .then(([one]) => one as Taken)
    .catch((error: unknown) => takeWithoutNamesakes(log, push, keys.signer, world, error));
  return acknowledge(taken, keys.signer);
}
