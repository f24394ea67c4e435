/** The tables of identity, and those of the kernel that it writes, as Kysely sees them. Times in ms UTC. */
import type { ColumnType, Generated, Transaction } from 'kysely';
import type { NoticeKind } from '#domain/identity/api/notices.ts';
import type { Policy } from '#domain/identity/policy.ts';
import type { OrganisationState } from '#domain/kernel/organisation.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { Proof } from '../http/auth.ts';
import type { SecondFactorTables } from './second-factor/tables.ts';

type Defaulted<T> = Generated<T>;
type Roles = ColumnType<Role[], readonly Role[], readonly Role[]>;

export interface IdentityTables extends SecondFactorTables {
  'kernel.organisation': {
    org: string;
    name: string;
    created_at: number;
    state: Defaulted<OrganisationState>;
    state_since: number | null;
    state_reason: string | null;
    destroy_after: number | null;
    destroyed_at: number | null;
  };
  'kernel.module_switch': {
    org: string;
    module: string;
    position: 'off' | 'killed';
    reason: string;
    changed_by: string | null;
    changed_at: number;
    /** Of the organisation’s own switch, where the operator stopped what it had off. */
    off_reason: Defaulted<string | null>;
    off_by: Defaulted<string | null>;
  };
  'kernel.site': { org: string; site: string; name: string; roster_version: Defaulted<number>; created_at: number };
  'kernel.device': {
    org: string;
    station: string;
    site: string;
    name: string;
    short: string;
    key: string;
    lan_address: Defaulted<string>;
    reads: Defaulted<string[]>;
    enrolled_at: number;
    revoked_at: number | null;
  };
  'kernel.standing': {
    org: string;
    session: string;
    user_id: string;
    roles: Roles;
    valid_from: number;
    valid_until: number | null;
    station: string | null;
  };
  'identity.policy': {
    org: string;
    body: ColumnType<unknown, Policy, Policy>;
    version: number;
    changed_by: string | null;
    changed_at: number;
    reason: string | null;
  };
  'identity.person': {
    org: string;
    id: string;
    site: string | null;
    login: string;
    name: string;
    password: string;
    roles: Roles;
    agency: string | null;
    active: Defaulted<boolean>;
    version: Defaulted<number>;
    created_at: number;
    changed_at: number;
    email: string | null;
    password_changed_at: number | null;
    /** When they last lost something of their right: made inactive, a role taken away, a password set anew. */
    withdrawn_at: number | null;
  };
  'identity.invitation': {
    org: string;
    id: string;
    login: string;
    name: string;
    roles: Roles;
    site: string | null;
    agency: string | null;
    email: string | null;
    hash: string;
    made_by: string | null;
    made_at: number;
    expires_at: number;
    revoked_at: number | null;
    accepted_at: number | null;
    person: string | null;
  };
  'identity.password_reset': {
    org: string;
    id: string;
    person: string;
    hash: string;
    made_by: string | null;
    made_at: number;
    expires_at: number;
    revoked_at: number | null;
    used_at: number | null;
  };
  /** What stations know of a person; its home is one site, though the record may show at others. */
  'cad.person': { org: string; id: string; site: string };
  'identity.session': {
    org: string;
    id: string;
    person: string;
    site: string | null;
    station: string | null;
    position: string | null;
    proof: Defaulted<Proof>;
    roles: Roles;
    started_at: number;
    refreshed_at: number;
    /** When whoever holds it last proved who they are; null for since it began. */
    proven_at: number | null;
    /** How it was opened, and proven since: RFC 8176. */
    amr: Defaulted<string[]>;
    expires_at: number;
    ended_at: number | null;
    end_reason: 'signed out' | 'withdrawn' | 'reused' | 'revoked' | 'replaced' | null;
    ended_by: string | null;
    client: string | null;
  };
  'identity.notice': {
    org: string;
    id: string;
    person: string;
    at: number;
    kind: NoticeKind;
    by: string | null;
    address: string | null;
    station: string | null;
    /** That a sign-in began which it tells of. */
    session: Defaulted<string | null>;
    seen_at: number | null;
  };
  'identity.offline_grant': {
    org: string;
    id: string;
    session: string;
    person: string;
    station: string;
    issued_at: number;
    expires_at: number;
  };
  'identity.refresh_token': {
    org: string;
    hash: string;
    session: string;
    parent: string | null;
    issued_at: number;
    expires_at: number;
    used_at: number | null;
    superseded: Defaulted<boolean>;
  };
  'identity.sign_in_failures': {
    org: string;
    account: string;
    times: ColumnType<string[], number[], number[]>;
    paused_until: number | null;
  };
  'identity.enrolment_code': {
    org: string;
    id: string;
    site: string;
    hash: string;
    made_by: string | null;
    made_at: number;
    expires_at: number;
    used_at: number | null;
    used_by_station: string | null;
  };
  /** Workstations that wait to be let in, and what was decided of them. */
  'identity.enrolment': {
    org: string;
    id: string;
    site: string;
    code: string;
    name: string;
    key: string;
    compare: string;
    lan_address: Defaulted<string>;
    asked_from: Defaulted<string>;
    asked_at: number;
    expires_at: number;
    decision: 'approved' | 'refused' | null;
    decided_by: string | null;
    decided_at: number | null;
  };
  'identity.used_assertion': { org: string; station: string; jti: string; expires_at: number };
}

export type IdentityTx = Transaction<IdentityTables>;
