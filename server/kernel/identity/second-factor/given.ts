/** Looking at a second factor that somebody gives, and using it up with whatever it opens. */
import type { Assertion } from '#domain/identity/api/mfa.ts';
import type { SealedColumn } from '../../keys/reseal.ts';
import { raise } from '../../security/events.ts';
import { actIn } from '../acts.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTx } from '../tables.ts';
import { type ChallengeFor, takeChallenge } from './challenge.ts';
import { type HeldFactors, MFA } from './held.ts';
import { counterWentOn, passkeyShown } from './passkeys.ts';
import { recoveryCodeHash } from './recovery-codes.ts';
import { totpStep } from './totp.ts';

export interface FactorGiven {
  /** Of an authenticator app, or a recovery code. */
  readonly code?: string | undefined;
  readonly passkey?: Assertion | undefined;
}

/** A factor that is right. */
export interface GoodFactor {
  /** Authentication methods by RFC 8176, 2, beside a password. */
  readonly amr: readonly string[];
  /**
   * Uses it up, in the transaction of what it opens. False where somebody was faster with the same one, or it turns out to
   * be a copy: then it opens nothing.
   */
  readonly redeem: (trx: IdentityTx) => Promise<boolean>;
}

type FactorPorts = Pick<IdentityPorts, 'keys' | 'clock' | 'random' | 'publicUrl' | 'eventRaised'>;

export const totpContext = (id: string): string => `qd.totp.1|${id}`;
export const TOTP_SECRET: SealedColumn = { table: 'identity.totp', column: 'secret', id: 'id', contextOf: totpContext };

/** The factor that was given, where it is one of the person's and right now; null otherwise. */
export function goodFactor(
  ports: FactorPorts,
  org: string,
  person: string,
  held: HeldFactors,
  given: FactorGiven,
  of: ChallengeFor,
): Promise<GoodFactor | null> {
  if (given.passkey) return goodPasskey(ports, org, held, given.passkey, of);
  const code = given.code?.replace(/[\s-]/g, '') ?? '';
  return /^\d{6}$/.test(code)
    ? goodTotp(ports, org, held, code)
    : Promise.resolve(goodRecovery(ports, org, person, held, code));
}

async function goodTotp(ports: FactorPorts, org: string, held: HeldFactors, code: string): Promise<GoodFactor | null> {
  if (!held.totp) return null;
  const { id, secret, last_step } = held.totp;
  const opened = await ports.keys.unsealFor(org, secret, totpContext(id));
  const step = opened && totpStep(opened, code, ports.clock());
  if (step === null || step <= last_step) return null;
  return {
    amr: ['otp', MFA],
    redeem: async (trx) => {
      const row = await trx
        .updateTable('identity.totp')
        .set({ last_step: step })
        .where('id', '=', id)
        .where('last_step', '<', step)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

function goodRecovery(
  ports: FactorPorts,
  org: string,
  person: string,
  held: HeldFactors,
  code: string,
): GoodFactor | null {
  const hash = recoveryCodeHash(person, code);
  const found = hash === null ? undefined : held.recovery.find((row) => row.hash === hash);
  if (!found) return null;
  return {
    amr: ['otp', MFA],
    redeem: async (trx) => {
      const row = await trx
        .updateTable('identity.recovery_code')
        .set({ used_at: ports.clock() })
        .where('id', '=', found.id)
        .where('used_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      if (!row) return false;
      const left = held.recovery.length - 1;
      await actIn(trx, 'identity.person', person, { act: 'recovery code used', left });
      await raise(ports, trx, org, {
        kind: 'recovery code used',
        subject: person,
        at: ports.clock(),
        evidence: { left },
      });
      return true;
    },
  };
}

async function goodPasskey(
  ports: FactorPorts,
  org: string,
  held: HeldFactors,
  assertion: Assertion,
  of: ChallengeFor,
): Promise<GoodFactor | null> {
  const kept = held.passkeys.find(({ credential }) => credential === assertion.id);
  const shown = kept && (await passkeyShown(ports, of, assertion, kept));
  if (!shown) return null;
  return {
    amr: ['pop', 'user', MFA],
    redeem: async (trx) => {
      const now = ports.clock();
      if (!(await takeChallenge(trx, org, shown.challenge, shown.ends, now))) return false;
      const row = await trx
        .selectFrom('identity.passkey')
        .select('counter')
        .where('id', '=', kept.id)
        .forUpdate()
        .executeTakeFirst();
      if (!row) return false;
      if (!counterWentOn(row.counter, shown.counter)) {
        const evidence = { passkey: kept.name, counter: row.counter, shown: shown.counter };
        await actIn(trx, 'identity.passkey', kept.id, { act: 'passkey copied', person: kept.person, ...evidence });
        await raise(ports, trx, org, { kind: 'passkey copied', subject: kept.person, at: now, evidence });
        return false;
      }
      const { counter, synced } = shown;
      await trx
        .updateTable('identity.passkey')
        .set({ counter, synced, last_used_at: now })
        .where('id', '=', kept.id)
        .execute();
      return true;
    },
  };
}
