/** Enrolment: a one-time code makes this workstation a station of its site. Once in its life. */
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import type { EnrolOut } from '../domain/wire/sync.ts';

export interface EnrolWith {
  readonly center: string;
  readonly code: string;
  readonly name: string;
  /** Public device key, base64url. */
  readonly deviceKey: string;
  /** `host:port` that its peers dial. */
  readonly lanAddress: string;
}

/** Refusals: `enrol.unreachable`, and `enrol.refused` with what the center said. */
export async function enrol({ center, ...input }: EnrolWith): Promise<Outcome<EnrolOut>> {
  const [{ enrolAt }, { SyncFailure }] = await Promise.all([
    import('./sync/http-center.ts'),
    import('./sync/ports.ts'),
  ]);
  try {
    return done(await enrolAt(center, input));
  } catch (failure) {
    if (!(failure instanceof SyncFailure)) throw failure;
    return failure.kind === 'unreachable'
      ? refused(
          'enrol.unreachable',
          `The center at ${center} is not reached, and a new workstation needs it once: check its address and the network.`,
        )
      : refused('enrol.refused', `${failure.message.replace(/[.;]?$/, '.')} An administrator gives out new codes.`);
  }
}
