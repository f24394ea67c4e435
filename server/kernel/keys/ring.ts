/** Keys of the center: master → organisation → sites, signing keys. Opened ones stay in memory; stored ones are wrapped. */
import type { Signer } from '#sealing/signing.ts';

export interface SiteKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly retired: boolean;
}

/** What the center signs with for an organisation, and every key it ever signed with (the current one first). */
export interface CenterKeys {
  readonly signer: Signer;
  readonly publicKeys: readonly string[];
}

export interface KeyRing {
  /** Makes organisation key, signing key and first epoch's keys of a new organisation. Idempotent. */
  readonly createOrganisation: (org: string) => Promise<void>;
  /** Makes the first key of a new site. Idempotent. */
  readonly createSite: (org: string, site: string) => Promise<void>;
  readonly centerKeys: (org: string) => Promise<CenterKeys>;
  /** Keys of a site, the one to use for new entities first. */
  readonly siteKeys: (org: string, site: string) => Promise<readonly SiteKey[]>;
  /** Seals a value of the organisation's own (a secret of identity, a document); context is authenticated with it. */
  readonly sealFor: (org: string, plain: Uint8Array, context: string) => Promise<Buffer>;
  /** Null where key, context or bytes are not those that were sealed. */
  readonly unsealFor: (org: string, sealed: Uint8Array, context: string) => Promise<Buffer | null>;
  /** Seals derived state of the organisation that is about operations, not people. */
  readonly operationsKey: (org: string) => Promise<Uint8Array>;
  /** 32 bytes derived from the master key for one named purpose of the center (its token keys, its role's password). */
  readonly derived: (purpose: string) => Uint8Array;
}
