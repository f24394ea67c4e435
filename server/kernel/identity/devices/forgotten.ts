/** What a roster that the center once signed says of workstations, and the center has forgotten. docs/adr/0006. */
import type { Roster } from '#domain/wire/sync.ts';

export interface Forgotten {
  /** None is ever deleted: one that the center does not know was forgotten. */
  readonly missing: Roster['peers'];
  /** None that was revoked is ever let in again. */
  readonly revocations: readonly string[];
  /** The roster had come further than the center's own. */
  readonly isBehind: boolean;
}

/** `revoked`: whether each workstation that the center knows is, by its id. */
export function forgottenIn(
  { peers, version }: Pick<Roster, 'peers' | 'version'>,
  known: { readonly version: number; readonly revoked: ReadonlyMap<string, boolean> },
): Forgotten {
  return {
    missing: peers.filter(({ station }) => !known.revoked.has(station)),
    revocations: peers.flatMap(({ station, revoked }) =>
      revoked && known.revoked.get(station) === false ? [station] : [],
    ),
    isBehind: known.version < version,
  };
}
