/** Keys of the center: master → organisation → sites, signing keys. Opened ones stay in memory; stored ones are wrapped. */
import type { Signer } from '#sealing/signing.ts';
import type { Scope } from '../db/database.ts';
import type { GivenKey } from './given-back.ts';

/**
 * `pending`: made known to those who have to know it, and not used yet. `retired`: opens what it sealed, and seals no more.
 */
export type KeyState = 'active' | 'pending' | 'retired';

export interface SiteKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly state: KeyState;
}

/** A key by which equality is searched for over what is sealed. */
export interface IndexKey {
  readonly id: string;
  readonly bytes: Uint8Array;
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
  /**
   * What the center signs with for somebody who knows these of its keys: the current one, or the newest before it that they know. Who
   * was away while it was rotated takes no word that is signed by it, and has to learn it by one that they take.
   */
  readonly signerKnownTo: (org: string, known: readonly string[]) => Promise<Signer>;
  /** Keys of a site: the one to use for new entities first, then those to come, then those of before. */
  readonly siteKeys: (org: string, site: string) => Promise<readonly SiteKey[]>;
  /** One of them, also where another node made it a moment ago; null where there is none. */
  readonly siteKey: (org: string, site: string, id: string) => Promise<Uint8Array | null>;
  /** Seals a value of the organisation's own (a secret of identity, a document); context is authenticated with it. */
  readonly sealFor: (org: string, plain: Uint8Array, context: string) => Promise<Buffer>;
  /** Null where key, context or bytes are not those that were sealed. */
  readonly unsealFor: (org: string, sealed: Uint8Array, context: string) => Promise<Buffer | null>;
  /** Seals derived state of the organisation that is about operations, not people. */
  readonly operationsKey: (org: string) => Promise<Uint8Array>;
  /** Keys of the organisation's blind indexes, the one to index under first. */
  readonly indexKeys: (org: string) => Promise<readonly IndexKey[]>;
  /**
   * A workstation holds these keys of its site and the center. `moved`: one that every workstation holds came into use;
   * `waits`: one may when this one greets again in a moment.
   */
  readonly held: (
    org: string,
    site: string,
    station: string,
    ids: readonly string[],
  ) => Promise<{ readonly waits: boolean; readonly moved: boolean }>;
  /** Keys of a site that a workstation gives back to a center that lacks them. The ids of those that are here from now on. */
  readonly giveBack: (scope: Scope, site: string, given: readonly GivenKey[]) => Promise<readonly string[]>;
  /** 32 bytes for one named purpose of the center, the same at each of its nodes. */
  readonly derived: (purpose: string) => Uint8Array;
  /** What is remembered of an organisation is read anew. */
  readonly forget: (org: string) => void;
}
