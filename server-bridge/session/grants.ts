/** Offline sign-in: a grant that the center signed, a verifier in the encrypted store, and a clock that cannot be turned back. */
import { GRANT_SHOWN_MS, type Grant, grantText, MAX_GRANTS, type Roster } from '../../domain/wire/sync.ts';
import { signatureHolds } from '../../sealing/signing.ts';
import type { Store } from '../store/store.ts';

/** Whether the center signed it, for this very station. A grant of another station or organisation opens nothing here. */
function grantHolds(grant: Grant, roster: Roster, station: Store['identity']): boolean {
  return (
    grant.org === station.org &&
    grant.site === station.site &&
    grant.station === station.station &&
    roster.centerKeys.some((key) => signatureHolds(key, grantText(grant), grant.sig))
  );
}

/** The newest grant of a person with its verifier, or null. Logins are compared without case, as the center does. */
export function grantOf(store: Store, user: string): { readonly grant: Grant; readonly verifier: string } | null {
  const roster = store.roster();
  if (!roster) return null;
  const login = user.trim().toLowerCase();
  const own = store
    .grants()
    .filter(
      ({ grant, verifier }) =>
        verifier !== '' && grant.login.toLowerCase() === login && grantHolds(grant, roster, store.identity),
    );
  return own.reduce<(typeof own)[number] | null>(
    (newest, held) => (newest && newest.grant.issuedAt >= held.grant.issuedAt ? newest : held),
    null,
  );
}

/**
 * What this station shows the center of its own signature: the grants given here that last or ended lately, newest first.
 * A signature is looked at once, for a station out of reach greets every other second.
 */
export function shownGrants(store: Store): () => Grant[] {
  let looked = new WeakMap<Grant, boolean>();
  let keys = '';
  return () => {
    const roster = store.roster();
    if (!roster) return [];
    if (keys !== roster.centerKeys.join()) looked = new WeakMap();
    keys = roster.centerKeys.join();
    const holds = (grant: Grant): boolean => {
      const known = looked.get(grant) ?? grantHolds(grant, roster, store.identity);
      looked.set(grant, known);
      return known;
    };
    const now = grantTime(store);
    return store
      .grants()
      .map(({ grant }) => grant)
      .filter((grant) => grant.expiresAt > now - GRANT_SHOWN_MS && holds(grant))
      .sort((a, b) => b.issuedAt - a.issuedAt)
      .slice(0, MAX_GRANTS);
  };
}

/** The time that grants are held to, ms UTC: never before the highest that this store has seen. */
export function grantTime(store: Store): number {
  return Math.max(store.now(), store.clock().highest);
}
