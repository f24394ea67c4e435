/** The tables of second factors and single sign-on, as Kysely sees them. Times in ms UTC. */
import type { ColumnType, Generated } from 'kysely';
import type { SsoSettings } from '#domain/identity/api/sso.ts';

export interface SecondFactorTables {
  'identity.totp': {
    org: string;
    id: string;
    person: string;
    secret: Uint8Array;
    made_at: number;
    confirmed_at: number | null;
    last_step: Generated<number>;
  };
  'identity.passkey': {
    org: string;
    id: string;
    person: string;
    name: string;
    credential: string;
    public_key: Uint8Array;
    counter: number;
    transports: string[];
    synced: boolean;
    made_at: number;
    last_used_at: number | null;
  };
  'identity.recovery_code': {
    org: string;
    id: string;
    person: string;
    hash: string;
    made_at: number;
    used_at: number | null;
  };
  'identity.used_challenge': { org: string; id: string; expires_at: number };
  'identity.sso': {
    org: string;
    settings: ColumnType<SsoSettings, string, string>;
    client_secret: Uint8Array | null;
    changed_by: string | null;
    changed_at: number;
  };
  'identity.federated': {
    org: string;
    id: string;
    person: string;
    issuer: string;
    subject: string;
    linked_at: number;
    last_at: number;
  };
}
