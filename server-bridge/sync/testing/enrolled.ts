/** A workstation that a center's administrator has let in, as its tests need one. */
import type { EnrolOut } from '../../../domain/wire/sync.ts';
import { systemRandom } from '../../../sealing/random.ts';
import { newSigningKey, type Signer, signerOf } from '../../../sealing/signing.ts';
import { LET_IN_WITHIN_MS, type TestCenter } from '../../../server/testing/center.ts';
import { letIn } from '../../../tools/start/enrolment.ts';
import { enrolAt } from '../http-center.ts';

export interface Enrolled {
  readonly deviceKey: string;
  readonly signer: Signer;
  readonly enrolled: EnrolOut;
}

export async function enrolledWorkstation(center: TestCenter, name: string): Promise<Enrolled> {
  const { code, id } = (
    await center.call<{ code: string; id: string }>(
      'POST',
      `/v1/sites/${center.site}/enrolment-codes`,
      {},
      center.adminToken,
    )
  ).body;
  const deviceKey = newSigningKey();
  const signer = signerOf(deviceKey);
  const enrolled = await enrolAt(center.url, {
    ...{ code, name, signer, random: systemRandom(), lanAddress: '' },
    clock: Date.now,
    onWaiting: () => void letIn(center.url, center.adminToken, id),
    soon: LET_IN_WITHIN_MS,
  });
  return { deviceKey, signer, enrolled };
}
