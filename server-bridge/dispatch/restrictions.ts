/** What the organisation has taken away from its roles, as the newest records that this store holds say. */
import type { Role } from '../../domain/kernel/permission.ts';
import {
  type Restrictions,
  RoleRestrictionSchema,
  restrictionsOf,
  rolesLeft,
  withheldFrom,
} from '../../domain/kernel/restriction.ts';
import { recordActions } from '../../domain/modules.ts';
import type { Store } from '../store/store.ts';

export function restrictionsHeld(store: Pick<Store, 'records'>): Restrictions {
  return restrictionsOf(
    store.records('role_restriction').flatMap(({ body }) => {
      const parsed = RoleRestrictionSchema.safeParse(body);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

const INCIDENT_READ = recordActions('incident')?.read;

/** Whether these roles see callers and patients here; the center asks for the same of whoever reads there. */
export function readPatients(store: Pick<Store, 'records'>, roles: readonly Role[]): boolean {
  return INCIDENT_READ !== undefined && rolesLeft(roles, INCIDENT_READ, restrictionsHeld(store)).length > 0;
}

/** The organisation's sentence where it keeps callers and patients from roles that would see them, else null. */
export function patientsKeptBy(store: Pick<Store, 'records'>, roles: readonly Role[]): string | null {
  return INCIDENT_READ === undefined ? null : withheldFrom(roles, INCIDENT_READ, restrictionsHeld(store));
}

const REPORT_READ = recordActions('report')?.read;
const NOT_BY_ROLE = 'Your role does not read what is about patients; ask a supervisor.';

/** Why these roles open no report here, in one sentence, the kept ones neither; null where they do. */
export function reportsKeptBy(store: Pick<Store, 'records'>, roles: readonly Role[]): string | null {
  if (REPORT_READ === undefined || !readPatients(store, roles)) return NOT_BY_ROLE;
  const restrictions = restrictionsHeld(store);
  return rolesLeft(roles, REPORT_READ, restrictions).length > 0
    ? null
    : (withheldFrom(roles, REPORT_READ, restrictions) ?? NOT_BY_ROLE);
}
