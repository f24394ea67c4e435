/** Proving anew who one is, before what is sensitive: by the strongest that the person has. */
import type { z } from 'zod';
import type { StepUpInSchema, StepUpOptionsOutSchema } from '#domain/identity/api/mfa.ts';
import { STEP_UP_MS } from '#domain/kernel/action.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { AuthenticatedUser } from '../../http/auth.ts';
import { type Attempt, countAttempt, forgetAttempts, noteRefusal } from '../passwords/attempts.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { ChallengeFor } from './challenge.ts';
import { goodFactor } from './given.ts';
import { factorsOf, type HeldFactors, methodsOf } from './held.ts';
import { requestOptions } from './passkeys.ts';
import { proveIn } from './session-proof.ts';

type Prover = Pick<AuthenticatedUser, 'org' | 'user' | 'session' | 'station'>;
interface Known {
  readonly held: HeldFactors;
  readonly login: string;
  readonly password: string;
}

const steppingUp = ({ user, session }: Prover): ChallengeFor => ({ purpose: 'step up', to: `${user}|${session}` });

const STEP_UP_REFUSED = refused(
  'step_up.refused',
  'This is not right, or sign-in is paused after too many wrong tries; a supervisor can lift that.',
);

async function knownIn(trx: IdentityTx, prover: Prover): Promise<Known> {
  const { login, password } = await trx
    .selectFrom('identity.person')
    .select(['login', 'password'])
    .where('id', '=', prover.user)
    .executeTakeFirstOrThrow();
  return { login, password, held: await factorsOf(trx, prover.user) };
}

export async function stepUpOptions(
  ports: IdentityPorts,
  prover: Prover,
): Promise<z.input<typeof StepUpOptionsOutSchema>> {
  const { held } = await ports.db.inOrg<IdentityTables, Known>({ org: prover.org }, (trx) => knownIn(trx, prover));
  const methods = methodsOf(held);
  if (methods.length === 0) return { methods: ['password'], passkey: null };
  const passkey = held.passkeys.length === 0 ? null : await requestOptions(ports, steppingUp(prover), held.passkeys);
  return { methods: [...methods], passkey: passkey && { ...passkey } };
}

/** Wrong tries count with those of signing in. Answers until when sensitive actions are open, ms UTC. */
export async function stepUp(
  ports: IdentityPorts,
  acting: Acting,
  prover: Prover,
  given: z.output<typeof StepUpInSchema>,
): Promise<Outcome<{ readonly provenAt: number; readonly until: number }>> {
  const { org } = prover;
  const scope = { org, ...acting };
  const way = prover.station === null ? 'api' : 'station';
  const { known, attempt } = await ports.db.inOrg<IdentityTables, { known: Known; attempt: Attempt | null }>(
    scope,
    async (trx) => {
      const of = await knownIn(trx, prover);
      const weaker = 'password' in given && methodsOf(of.held).length > 0;
      return { known: of, attempt: weaker ? null : await countAttempt(trx, org, way, of.login, ports.clock()) };
    },
  );
  if (attempt === null) {
    return refused('step_up.stronger', 'You have a second factor: confirm with that one.', 'password');
  }
  const good =
    'password' in given
      ? (await ports.passwords.holds(known.password, given.password))
        ? { amr: ['pwd'], redeem: async () => true }
        : null
      : await goodFactor(ports, org, prover.user, known.held, given, steppingUp(prover));
  const outcome = await ports.db.inOrg<IdentityTables, Outcome<{ provenAt: number; until: number }>>(
    scope,
    async (trx) => {
      if (attempt.paused || !good || !(await good.redeem(trx))) {
        await noteRefusal(trx, org, prover.user, attempt, 'step-up refused');
        return STEP_UP_REFUSED;
      }
      await forgetAttempts(trx, known.login, [way]);
      const now = ports.clock();
      await proveIn(trx, prover.session, good.amr, now);
      return done({ provenAt: now, until: now + STEP_UP_MS });
    },
  );
  ports.sessionChanged();
  return outcome;
}
