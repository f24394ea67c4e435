/** New passwords: by whoever knows the old one, or holds a one-time code that an administrator asked for. Nobody sets another's. */
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { actIn } from '../acts.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { codeHash, newCode } from '../secrets.ts';
import { type Ended, lasting, revokeSessions, voidResets, withdraw } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { MustBeAllowed } from '../works-at.ts';
import { countAttempt, forgetAttempts, noteRefusal } from './attempts.ts';
import { acceptableFor } from './owner.ts';

const RESET_LIFE_MS = 24 * 3_600_000;

const UNKNOWN_CODE = refused(
  'reset.code',
  'This code is not known, was used or has expired; ask an administrator for another.',
  'code',
);
const WRONG = refused(
  'password.wrong',
  'The old password is not right, or checking it is paused after too many wrong ones.',
  'old',
);

/** A code by which a person sets a new password; codes made for them before are void. Said here and never again. */
export async function issueReset(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  person: string,
  mustBeAllowed: MustBeAllowed = () => undefined,
): Promise<Outcome<{ readonly code: string; readonly expiresAt: number }>> {
  const now = ports.clock();
  const code = newCode(ports.random);
  const expiresAt = now + RESET_LIFE_MS;
  return ports.db.inOrg<IdentityTables, Outcome<{ code: string; expiresAt: number }>>(
    { org, ...acting },
    async (trx) => {
      const held = await trx
        .selectFrom('identity.person')
        .select(['active', 'site', 'agency'])
        .where('id', '=', person)
        .forUpdate()
        .executeTakeFirst();
      await mustStand(trx, acting);
      if (held) mustBeAllowed(held);
      if (!held?.active) {
        return refused('person.unknown', 'This person is not known, or may not sign in any more.', 'person');
      }
      await voidResets(trx, person, now);
      await trx
        .insertInto('identity.password_reset')
        .values({
          ...{ org, id: uuidV7(now, ports.random), person, hash: codeHash('reset', code) },
          ...{ made_by: acting.actor, made_at: now, expires_at: expiresAt },
        })
        .execute();
      return done({ code, expiresAt });
    },
  );
}

/** Sets the password of whoever holds the code. All their sessions and grants end, and a pause of their sign-in. */
export async function resetPassword(
  ports: IdentityPorts,
  request: string,
  input: { readonly code: string; readonly password: string },
): Promise<Outcome<null>> {
  const hash = codeHash('reset', input.code);
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.org_of_reset($1)', [hash]),
  );
  const org = rows[0]?.org;
  if (org === undefined) return UNKNOWN_CODE;
  const looked = await ports.db.inOrg<IdentityTables, Outcome<string>>({ org }, async (trx) => {
    const owner = await ownerOf(trx, hash, ports.clock());
    return owner ? acceptableFor(trx, ports.passwords, owner, input.password) : UNKNOWN_CODE;
  });
  if (!looked.ok) return looked;
  const password = await ports.passwords.hash(input.password);
  const now = ports.clock();
  const set = await ports.db.inOrg<IdentityTables, Outcome<readonly Ended[]>>({ org, request }, async (trx) => {
    const owner = await ownerOf(trx, hash, now);
    if (!owner) return UNKNOWN_CODE;
    await trx.updateTable('identity.password_reset').set({ used_at: now }).where('hash', '=', hash).execute();
    await keep(trx, owner.id, password, now);
    await forgetAttempts(trx, owner.login, ['station', 'api']);
    await actIn(trx, 'identity.person', owner.id, { act: 'password set by a code' });
    return done(await withdraw(trx, { person: owner.id }, now));
  });
  if (!set.ok) return set;
  ports.sessionsEnded(org, set.value);
  return done(null);
}

/** One's own password, by the old one. Every other session of theirs ends, with its grants. */
export async function changeOwnPassword(
  ports: IdentityPorts,
  acting: Acting & { readonly actor: string; readonly session?: string | null },
  org: string,
  change: { readonly old: string; readonly new: string },
): Promise<Outcome<null>> {
  const { held, attempt, acceptable } = await ports.db.inOrg<
    IdentityTables,
    {
      held: { login: string; password: string };
      attempt: Awaited<ReturnType<typeof countAttempt>>;
      acceptable: Outcome<string>;
    }
  >({ org }, async (trx) => {
    const held = await trx
      .selectFrom('identity.person')
      .select(['login', 'name', 'roles', 'password'])
      .where('id', '=', acting.actor)
      .executeTakeFirstOrThrow();
    const acceptable = await acceptableFor(trx, ports.passwords, held, change.new);
    return { held, acceptable, attempt: await countAttempt(trx, org, 'api', held.login, ports.clock()) };
  });
  const holds = await ports.passwords.holds(held.password, change.old);
  if (!holds || attempt.paused) {
    await ports.db.inOrg<IdentityTables, void>({ org, ...acting }, (trx) =>
      noteRefusal(trx, org, acting.actor, attempt),
    );
    return WRONG;
  }
  const password = acceptable.ok ? await ports.passwords.hash(change.new) : null;
  const now = ports.clock();
  const changed = await ports.db.inOrg<IdentityTables, Outcome<readonly Ended[]>>({ org, ...acting }, async (trx) => {
    await forgetAttempts(trx, held.login, ['api']);
    if (!acceptable.ok) return { ok: false, refusal: { ...acceptable.refusal, field: 'new' } };
    if (password === null) return WRONG;
    // Whoever was shut out by another password while the old one was checked sets none over it.
    const still = await trx
      .selectFrom('identity.person')
      .select('id')
      .where('id', '=', acting.actor)
      .where('password', '=', held.password)
      .forUpdate()
      .executeTakeFirst();
    if (!still) return WRONG;
    await mustStand(trx, acting);
    await keep(trx, acting.actor, password, now);
    const ids = (await lasting(trx, acting.actor, now)).filter((id) => id !== acting.session);
    return done(await revokeSessions(trx, ids, { reason: 'revoked', by: acting.actor }, now));
  });
  if (!changed.ok) return changed;
  ports.sessionsEnded(org, changed.value);
  return done(null);
}

async function keep(trx: IdentityTx, person: string, password: string, now: number): Promise<void> {
  await trx
    .updateTable('identity.person')
    .set({ password, password_changed_at: now, changed_at: now, withdrawn_at: now })
    .where('id', '=', person)
    .execute();
}

/** Whose password an open code sets; both are locked, the person first, as whoever makes or voids a code locks them. */
async function ownerOf(
  trx: IdentityTx,
  hash: string,
  now: number,
): Promise<{ readonly id: string; readonly login: string; readonly name: string; readonly roles: Role[] } | undefined> {
  const owner = await trx
    .selectFrom('identity.person')
    .select(['id', 'login', 'name', 'roles'])
    .where('id', 'in', (sub) => sub.selectFrom('identity.password_reset').select('person').where('hash', '=', hash))
    .where('active', '=', true)
    .forUpdate()
    .executeTakeFirst();
  const open = await trx
    .selectFrom('identity.password_reset')
    .select('person')
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst();
  return open ? owner : undefined;
}
