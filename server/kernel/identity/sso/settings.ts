/** How an organisation's single sign-on is set up. The client's secret is sealed and never shown again. */
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type SsoInSchema, type SsoSettings, SsoSettingsSchema } from '#domain/identity/api/sso.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { Outbound } from '../../http/outbound.ts';
import type { SealedColumn } from '../../keys/reseal.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import { isIssuer, type ProviderOf } from './provider.ts';
import { tellOfProvider } from './telling.ts';

const SECRET_CONTEXT = 'qd.sso_secret.1';
export const SSO_SECRET: SealedColumn = {
  ...{ table: 'identity.sso', column: 'client_secret', id: 'org' },
  contextOf: () => SECRET_CONTEXT,
};

export interface SsoSetUp {
  readonly settings: SsoSettings;
  readonly clientSecret: string | null;
  readonly changedAt: number;
}

/** Null where nothing was set up. */
export async function ssoOf(ports: Pick<IdentityPorts, 'db' | 'keys'>, org: string): Promise<SsoSetUp | null> {
  const row = await ports.db.inOrg<
    IdentityTables,
    { settings: unknown; secret: Uint8Array | null; at: number } | undefined
  >({ org }, (trx) =>
    trx
      .selectFrom('identity.sso')
      .select(['settings', 'client_secret as secret', 'changed_at as at'])
      .executeTakeFirst(),
  );
  if (!row) return null;
  const opened = row.secret === null ? null : await ports.keys.unsealFor(org, row.secret, SECRET_CONTEXT);
  if (row.secret !== null && opened === null) throw new Error('the client secret of single sign-on does not open');
  return {
    settings: SsoSettingsSchema.parse(row.settings),
    clientSecret: opened?.toString('utf8') ?? null,
    changedAt: row.at,
  };
}

/** Sets it up. A provider that does not answer as one is refused here, not at somebody's sign-in. */
export async function changeSso(
  ports: Pick<IdentityPorts, 'db' | 'keys' | 'clock'> & {
    readonly logger: Pick<Logger, 'warn'>;
    readonly providerOf: ProviderOf;
    readonly outbound: Outbound;
  },
  acting: Acting,
  org: string,
  { clientSecret, changedAt, ...settings }: z.output<typeof SsoInSchema>,
): Promise<Outcome<null>> {
  if (!isIssuer(settings.issuer)) {
    return refused('sso.issuer', 'The issuer is an https:// address without query or fragment.', 'issuer');
  }
  if (!ports.outbound.may(new URL(settings.issuer))) {
    return refused(
      'sso.host',
      'This center asks no provider at that host; whoever runs the center names it in QD_SSO_HOSTS.',
      'issuer',
    );
  }
  const held = await ssoOf(ports, org);
  // A secret is of one client at one issuer; what is kept goes to no other.
  const same = held?.settings.issuer === settings.issuer && held.settings.clientId === settings.clientId;
  const secret = clientSecret ?? (same ? held.clientSecret : null);
  try {
    await ports.providerOf(settings, secret);
  } catch (error) {
    tellOfProvider(ports.logger, settings, error);
    return refused(
      'sso.issuer',
      'No provider answers at this address; its discovery document has to name the issuer exactly so.',
      'issuer',
    );
  }
  const sealed = secret === null ? null : await ports.keys.sealFor(org, Buffer.from(secret, 'utf8'), SECRET_CONTEXT);
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    // The organisation's row is the lock: two changes follow each other, the first one too.
    await trx.selectFrom('kernel.organisation').select('org').forNoKeyUpdate().execute();
    // The provider may have taken its time.
    await mustStand(trx, acting);
    const now = await trx.selectFrom('identity.sso').select('changed_at as at').executeTakeFirst();
    if ((now?.at ?? null) !== changedAt) {
      return refused(
        'sso.changed',
        'Somebody changed single sign-on meanwhile; look at what they saved beside what you typed, then save again.',
      );
    }
    const site = settings.provision?.site ?? null;
    if (site !== null) {
      const known = await trx.selectFrom('kernel.site').select('site').where('site', '=', site).executeTakeFirst();
      if (!known) return refused('site.unknown', 'This site is not known; choose one of the list.', 'provision.site');
    }
    const row = {
      settings: JSON.stringify(settings),
      client_secret: sealed,
      changed_by: acting.actor,
      changed_at: Math.max(ports.clock(), (changedAt ?? 0) + 1),
    };
    await trx
      .insertInto('identity.sso')
      .values({ org, ...row })
      .onConflict((on) => on.column('org').doUpdateSet(row))
      .execute();
    return done(null);
  });
}

/** Forgets it whole, the secret too. Who is linked stays linked, should it be set up anew. */
export function removeSso(ports: Pick<IdentityPorts, 'db'>, acting: Acting, org: string): Promise<void> {
  return ports.db.inOrg<IdentityTables, void>({ org, ...acting }, async (trx) => {
    await mustStand(trx, acting);
    await trx.deleteFrom('identity.sso').execute();
  });
}

/** Forgets who a person is at the provider; they are linked anew as they were at first. */
export function unlinkProvider(
  ports: Pick<IdentityPorts, 'db'>,
  acting: Acting,
  org: string,
  person: string,
): Promise<void> {
  return ports.db.inOrg<IdentityTables, void>({ org, ...acting }, async (trx) => {
    await mustStand(trx, acting);
    await trx.deleteFrom('identity.federated').where('person', '=', person).execute();
  });
}
