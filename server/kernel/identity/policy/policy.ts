/** The security policy of an organisation, as its administrators last set it. */
import type { PolicyOut } from '#domain/identity/api/policy.ts';
import { type Policy, PolicySchema } from '#domain/identity/policy.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';

/** As it was stored; how long the audit is kept was in it once, and is the audit's own setting now. */
export function storedPolicy(body: unknown): Policy {
  const { auditYears: _, ...policy } = (body ?? {}) as { readonly auditYears?: unknown };
  return PolicySchema.parse(policy);
}

/** What holds in the transaction's organisation now. */
export async function policyIn(trx: IdentityTx): Promise<Policy> {
  const row = await trx.selectFrom('identity.policy').select('body').executeTakeFirst();
  return storedPolicy(row?.body);
}

/** What holds in an organisation now. */
export function policyOf(ports: Pick<IdentityPorts, 'db'>, org: string): Promise<Policy> {
  return ports.db.inOrg<IdentityTables, Policy>({ org }, policyIn);
}

/** The policy with who set it and when. */
export async function policyShown(ports: Pick<IdentityPorts, 'db'>, org: string): Promise<PolicyOut> {
  return ports.db.inOrg<IdentityTables, PolicyOut>({ org }, async (trx) => {
    const row = await trx.selectFrom('identity.policy').selectAll().executeTakeFirst();
    return {
      policy: storedPolicy(row?.body),
      version: row?.version ?? 0,
      changedAt: row?.changed_at ?? null,
      changedBy: row?.changed_by ?? null,
      reason: row?.reason ?? null,
    };
  });
}

/** Sets the whole policy. `version` is of the one it was made from: another change since then refuses. */
export async function changePolicy(
  ports: Pick<IdentityPorts, 'db' | 'clock'>,
  acting: Acting,
  org: string,
  change: { readonly policy: Policy; readonly version: number },
): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    // The organisation's row is the lock: two changes follow each other, the first one too.
    await trx.selectFrom('kernel.organisation').select('org').forNoKeyUpdate().execute();
    await mustStand(trx, acting);
    const held = await trx.selectFrom('identity.policy').select('version').executeTakeFirst();
    if ((held?.version ?? 0) !== change.version) {
      return refused(
        'policy.changed',
        'Somebody changed the policy meanwhile; look at it as it is now, then change it.',
      );
    }
    const row = {
      body: change.policy,
      version: change.version + 1,
      changed_by: acting.actor,
      changed_at: ports.clock(),
      reason: acting.reason ?? null,
    };
    await trx
      .insertInto('identity.policy')
      .values({ org, ...row })
      .onConflict((on) => on.column('org').doUpdateSet(row))
      .execute();
    return done(null);
  });
}
