/** Enrolment: a one-time code and somebody's approval make this workstation a station of its site. Once in its life. */
import type { RandomBytes } from '../domain/kernel/ids.ts';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import type { EnrolOut } from '../domain/wire/sync.ts';
import { compareCodeOf } from '../sealing/compare.ts';
import type { Signer } from '../sealing/signing.ts';

export interface EnrolWith {
  readonly center: string;
  /** PEM of the authority that alone vouches for the center; null for those that the system knows. */
  readonly authority: string | null;
  readonly code: string;
  readonly name: string;
  /** Signs with the device key. */
  readonly signer: Signer;
  readonly random: RandomBytes;
  /** `host:port` that its peers dial. */
  readonly lanAddress: string;
  /** Says what a person has to do meanwhile. */
  readonly say: (sentence: string) => void;
}

/** Refusals: `enrol.unreachable`, `enrol.untrusted`, and `enrol.refused` with what the center said. */
export async function enrol({ center, say, ...input }: EnrolWith): Promise<Outcome<EnrolOut>> {
  const [{ enrolAt }, { SyncFailure, UNTRUSTED }] = await Promise.all([
    import('./sync/http-center.ts'),
    import('./sync/ports.ts'),
  ]);
  const compare = await compareCodeOf(input.signer.publicKey);
  const onWaiting = (): void =>
    say(
      `This workstation waits for an administrator to let it in at the center; the code to compare there is ${compare}.`,
    );
  try {
    return done(await enrolAt(center, { ...input, clock: Date.now, onWaiting }));
  } catch (failure) {
    if (!(failure instanceof SyncFailure)) throw failure;
    if (failure.code === UNTRUSTED)
      return refused(
        'enrol.untrusted',
        `${failure.message} Name your own authority with --center-ca FILE, or check the address ${center}.`,
      );
    return failure.kind === 'unreachable'
      ? refused(
          'enrol.unreachable',
          `The center at ${center} is not reached, and a new workstation needs it once: check its address and the network.`,
        )
      : refused('enrol.refused', `${failure.message.replace(/[.;]?$/, '.')} An administrator gives out new codes.`);
  }
}
