/** A person sets up their own second factors and takes them away. The first one brings recovery codes with it. */
import encodeQR from 'qr';
import type { z } from 'zod';
import type { RegistrationSchema, TotpBeginOutSchema } from '#domain/identity/api/mfa.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { AuthenticatedUser } from '../../http/auth.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { type ChallengeFor, takeChallenge } from './challenge.ts';
import { totpContext } from './given.ts';
import { factorsOf, howMany, isRequired, MFA } from './held.ts';
import { type CreationOptions, creationOptions, passkeyMade } from './passkeys.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { proveIn } from './session-proof.ts';
import { newTotpSecret, totpShown, totpStep } from './totp.ts';

type EnrolPorts = Pick<IdentityPorts, 'db' | 'keys' | 'clock' | 'random' | 'publicUrl' | 'sessionChanged'>;
type Owner = Pick<AuthenticatedUser, 'org' | 'user' | 'session'>;
/** Recovery codes to be shown this once; null where they were given before. */
type Added = { readonly recoveryCodes: string[] | null };

/** How long an app that was begun waits for its first code. */
const BEGUN_LIFE_MS = 30 * 60_000;
const MOST_PASSKEYS = 20;

const registering = ({ user, session }: Owner): ChallengeFor => ({ purpose: 'register', to: `${user}|${session}` });

async function ownerIn(trx: IdentityTx, owner: Owner) {
  // The person's row is the lock: two changes of one person's factors follow each other.
  const person = await trx
    .selectFrom('identity.person')
    .select(['id', 'login', 'name', 'roles'])
    .where('id', '=', owner.user)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await mustStand(trx, owner);
  return person;
}

/** Begins an authenticator app: the secret is shown once, and counts from the first code of it. */
export async function beginTotp(
  ports: EnrolPorts,
  acting: Acting,
  owner: Owner,
): Promise<z.input<typeof TotpBeginOutSchema>> {
  const id = uuidV7(ports.clock(), ports.random);
  const secret = newTotpSecret(ports.random);
  const sealed = await ports.keys.sealFor(owner.org, secret, totpContext(id));
  const login = await ports.db.inOrg<IdentityTables, string>({ org: owner.org, ...acting }, async (trx) => {
    const person = await ownerIn(trx, owner);
    await trx.deleteFrom('identity.totp').where('person', '=', owner.user).where('confirmed_at', 'is', null).execute();
    await trx
      .insertInto('identity.totp')
      .values({ org: owner.org, id, person: owner.user, secret: sealed, made_at: ports.clock(), confirmed_at: null })
      .execute();
    return person.login;
  });
  const shown = totpShown(secret, 'Quantum Dispatch', `${login}@${owner.org}`);
  return { ...shown, qr: encodeQR(shown.uri, 'svg') };
}

/** Takes the first code of an app that was begun: it is the person's from now on, in place of the one before. */
export async function confirmTotp(
  ports: EnrolPorts,
  acting: Acting,
  owner: Owner,
  typed: string,
): Promise<Outcome<Added>> {
  const { org } = owner;
  const begun = await ports.db.inOrg<IdentityTables, { id: string; secret: Uint8Array; made_at: number } | undefined>(
    { org },
    (trx) =>
      trx
        .selectFrom('identity.totp')
        .select(['id', 'secret', 'made_at'])
        .where('person', '=', owner.user)
        .where('confirmed_at', 'is', null)
        .executeTakeFirst(),
  );
  const now = ports.clock();
  if (!begun || now - begun.made_at > BEGUN_LIFE_MS) {
    return refused('totp.not_begun', 'Begin again: show the code to the authenticator app, then type what it shows.');
  }
  const secret = await ports.keys.unsealFor(org, begun.secret, totpContext(begun.id));
  const step = secret && totpStep(secret, typed.replace(/[\s-]/g, ''), now);
  if (step === null) {
    return refused(
      'totp.code',
      'This is not the code of now; wait for the next one, and see that the telephone’s clock is right.',
      'code',
    );
  }
  const outcome = await ports.db.inOrg<IdentityTables, Outcome<Added>>({ org, ...acting }, async (trx) => {
    await ownerIn(trx, owner);
    await trx
      .deleteFrom('identity.totp')
      .where('person', '=', owner.user)
      .where('confirmed_at', 'is not', null)
      .execute();
    const row = await trx
      .updateTable('identity.totp')
      .set({ confirmed_at: now, last_step: step })
      .where('id', '=', begun.id)
      .returning('id')
      .executeTakeFirst();
    if (!row) return refused('totp.not_begun', 'Another app was begun meanwhile; type the code of that one.');
    return done(await added(ports, trx, owner, ['otp', MFA], now));
  });
  ports.sessionChanged();
  return outcome;
}

/** Options with which the person's browser makes a passkey. */
export function beginPasskey(ports: EnrolPorts, owner: Owner): Promise<CreationOptions> {
  return ports.db.inOrg<IdentityTables, CreationOptions>({ org: owner.org }, async (trx) => {
    const person = await trx
      .selectFrom('identity.person')
      .select(['id', 'login', 'name'])
      .where('id', '=', owner.user)
      .executeTakeFirstOrThrow();
    const { passkeys } = await factorsOf(trx, owner.user);
    return creationOptions(ports, registering(owner), person, passkeys);
  });
}

export async function addPasskey(
  ports: EnrolPorts,
  acting: Acting,
  owner: Owner,
  input: { readonly name: string; readonly response: z.output<typeof RegistrationSchema> },
): Promise<Outcome<Added>> {
  const made = await passkeyMade(ports, registering(owner), input.response);
  if (!made) return refused('passkey.refused', 'This passkey could not be taken; begin again.', 'response');
  const { org } = owner;
  const { challenge, ends, credential, public_key, counter, transports, synced } = made;
  const outcome = await ports.db.inOrg<IdentityTables, Outcome<Added>>({ org, ...acting }, async (trx) => {
    const now = ports.clock();
    if (!(await takeChallenge(trx, org, challenge, ends, now))) {
      return refused('passkey.refused', 'This passkey was taken already; look at your list.', 'response');
    }
    await ownerIn(trx, owner);
    const { passkeys } = await factorsOf(trx, owner.user);
    if (passkeys.length >= MOST_PASSKEYS) {
      return refused('passkey.many', `You have ${MOST_PASSKEYS} passkeys; take one away first.`);
    }
    const row = await trx
      .insertInto('identity.passkey')
      .values({
        org,
        id: uuidV7(now, ports.random),
        person: owner.user,
        name: input.name,
        credential,
        public_key,
        counter,
        transports: [...transports],
        synced,
        made_at: now,
        last_used_at: null,
      })
      .onConflict((on) => on.column('credential').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) return refused('passkey.known', 'This passkey is registered already.', 'response');
    return done(await added(ports, trx, owner, ['pop', 'user', MFA], now));
  });
  ports.sessionChanged();
  return outcome;
}

/** Setting a factor up proves it, in the session in which it is done. */
async function added(
  ports: EnrolPorts,
  trx: IdentityTx,
  owner: Owner,
  amr: readonly string[],
  now: number,
): Promise<Added> {
  await proveIn(trx, owner.session, amr, now);
  const { recovery } = await factorsOf(trx, owner.user);
  return { recoveryCodes: recovery.length > 0 ? null : await freshCodes(ports, trx, owner, now) };
}

/** Ten new codes in place of all before. */
async function freshCodes(ports: EnrolPorts, trx: IdentityTx, owner: Owner, now: number): Promise<string[]> {
  const codes = newRecoveryCodes(ports.random);
  await trx.deleteFrom('identity.recovery_code').where('person', '=', owner.user).execute();
  const rows = codes.map((code) => ({
    org: owner.org,
    id: uuidV7(now, ports.random),
    person: owner.user,
    hash: recoveryCodeHash(owner.user, code) ?? '',
    made_at: now,
    used_at: null,
  }));
  await trx.insertInto('identity.recovery_code').values(rows).execute();
  return [...codes];
}

export function renewRecoveryCodes(ports: EnrolPorts, acting: Acting, owner: Owner): Promise<Outcome<string[]>> {
  return ports.db.inOrg<IdentityTables, Outcome<string[]>>({ org: owner.org, ...acting }, async (trx) => {
    await ownerIn(trx, owner);
    if (howMany(await factorsOf(trx, owner.user)) === 0) {
      return refused('second_factor.none', 'Set up an authenticator app or a passkey first; codes stand in for one.');
    }
    return done(await freshCodes(ports, trx, owner, ports.clock()));
  });
}

export function renamePasskey(
  ports: EnrolPorts,
  acting: Acting,
  owner: Owner,
  id: string,
  name: string,
): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org: owner.org, ...acting }, async (trx) => {
    const row = await trx
      .updateTable('identity.passkey')
      .set({ name })
      .where('id', '=', id)
      .where('person', '=', owner.user)
      .returning('id')
      .executeTakeFirst();
    return row ? done(null) : refused('passkey.unknown', 'You have no such passkey; look at your list again.');
  });
}

/** Takes a factor away; the last one stays where a role asks for one. `passkey` null for the authenticator app. */
export function removeFactor(
  ports: EnrolPorts,
  acting: Acting,
  owner: Owner,
  passkey: string | null,
): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org: owner.org, ...acting }, async (trx) => {
    const { roles } = await ownerIn(trx, owner);
    const held = await factorsOf(trx, owner.user);
    const has = passkey === null ? held.totp !== null : held.passkeys.some(({ id }) => id === passkey);
    if (!has) return refused('second_factor.unknown', 'You have no such factor; look at your list again.');
    const last = howMany(held) === 1;
    if (last && (await isRequired(trx, roles))) {
      return refused(
        'second_factor.last',
        'Your role asks for a second factor: set up another one before you take this away.',
      );
    }
    if (passkey === null) await trx.deleteFrom('identity.totp').where('person', '=', owner.user).execute();
    else await trx.deleteFrom('identity.passkey').where('id', '=', passkey).execute();
    if (last) await trx.deleteFrom('identity.recovery_code').where('person', '=', owner.user).execute();
    return done(null);
  });
}
