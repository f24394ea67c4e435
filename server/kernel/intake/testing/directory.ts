import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Device, Standing } from '../port.ts';

/** What the log does not keep itself: who is enrolled, who may do what, the keys of sites. Not part of a backup. */
export interface Directory {
  readonly device: (org: string, station: string) => Device | undefined;
  readonly standing: (org: string, session: string) => Standing | undefined;
  readonly siteKey: (org: string, site: string, id: string) => Uint8Array | undefined;
  readonly underHold: (org: string, ref: EntityRef) => boolean;
}
