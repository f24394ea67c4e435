/** The first look at a push, before any lock is taken: what is readable, whose it is, and whether it is authentic. */

import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { type FactHeader, type Frame, readHeader } from '#domain/kernel/fact.ts';
import { CENTER_STATION, isErasure } from '#domain/kernel/kernel.ts';
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { headerHash } from '#sealing/digest.ts';
import { storable } from '../db/storable.ts';
import type { CenterLog, Device } from './port.ts';
import type { Verify } from './signature-checks.ts';

export type Problem = PushOut['problems'][number];

export interface AuthenticFrame {
  readonly frame: Frame;
  readonly header: FactHeader;
  readonly hash: string;
}

export interface PreparedPush {
  readonly org: string;
  readonly site: string;
  /** In the order they came. */
  readonly frames: readonly AuthenticFrame[];
  readonly keys: readonly KeyEnvelope[];
  /** Positions at which bytes came that are not authentic. */
  readonly forged: readonly { readonly log: string; readonly seq: number }[];
  readonly problems: readonly Problem[];
}

function keysFor(
  header: FactHeader,
  devices: ReadonlyMap<string, Device>,
  centerKeys: readonly string[],
): readonly string[] | null {
  if (header.station === CENTER_STATION) return centerKeys;
  const device = devices.get(header.station);
  return device && device.site === header.site ? [device.key] : null;
}

/**
 * Any station of a site may bring any authentic frames of the site's logs: peers carry each other's. Of what the center erased it may
 * have the word that was said to another site: it came with what that one had of the incident.
 */
export async function preparePush(
  log: Pick<CenterLog, 'devices'>,
  centerKeys: readonly string[],
  verify: Verify,
  org: string,
  site: string,
  input: PushIn,
): Promise<PreparedPush> {
  const problems: Problem[] = [];
  const readable: AuthenticFrame[] = [];
  for (const frame of input.frames) {
    const header = readHeader(frame.h);
    if (!header) problems.push({ log: '', seq: 0, why: 'unreadable' });
    else if (header.org !== org || (header.site !== site && !isErasure(header)))
      problems.push({ log: header.log, seq: header.seq, why: 'foreign' });
    else readable.push({ frame, header, hash: headerHash(frame.h) });
  }
  const stations = [...new Set(readable.map(({ header }) => header.station))].filter((name) => name !== CENTER_STATION);
  const devices = await log.devices(org, stations);
  const known: (AuthenticFrame & { readonly by: readonly string[] })[] = [];
  for (const frame of readable) {
    const by = keysFor(frame.header, devices, centerKeys);
    if (by) known.push({ ...frame, by });
    else problems.push({ log: frame.header.log, seq: frame.header.seq, why: 'foreign' });
  }
  const holds = await verify(known.map(({ frame, by }) => ({ keys: by, text: frame.h, signature: frame.s })));
  const forged: { log: string; seq: number }[] = [];
  const frames: AuthenticFrame[] = [];
  known.forEach(({ frame, header, hash }, i) => {
    if (holds[i]) frames.push({ frame, header, hash });
    else {
      forged.push({ log: header.log, seq: header.seq });
      problems.push({ log: header.log, seq: header.seq, why: 'forged' });
    }
  });
  const keys = input.keys.filter((key) => key.org === org && key.site === site && storable(key.under) === key.under);
  return { org, site, frames, keys, forged, problems };
}
