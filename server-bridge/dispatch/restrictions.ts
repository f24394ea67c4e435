/** What the organisation has taken away from its roles, as the newest records that this store holds say. */
import { type Restrictions, RoleRestrictionSchema, restrictionsOf } from '../../domain/kernel/restriction.ts';
import type { Store } from '../store/store.ts';

export function restrictionsHeld(store: Pick<Store, 'records'>): Restrictions {
  return restrictionsOf(
    store.records('role_restriction').flatMap(({ body }) => {
      const parsed = RoleRestrictionSchema.safeParse(body);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}
