/** Whether frames are what their headers say: signed by the device of the roster, or by the center. */
import { type FactHeader, type Frame, readHeader } from '../../../domain/kernel/fact.ts';
import { CENTER_STATION } from '../../../domain/kernel/kernel.ts';
import { headerHash } from '../../../sealing/digest.ts';
import { signatureHolds } from '../../../sealing/signing.ts';
import type { Core, ReadFrame } from '../core.ts';
import type { LogState } from './logs.ts';

/** A frame's header; null where it is not one, or of another organisation. */
export function headerOf(core: Core, frame: Frame): FactHeader | null {
  const header = readHeader(frame.h);
  return header && header.org === core.identity.org ? header : null;
}

/** Reads a frame's header and hashes it; null as {@link headerOf} is. */
export function readFrame(core: Core, frame: Frame): ReadFrame | null {
  const header = headerOf(core, frame);
  return header && { frame, header, hash: headerHash(frame.h) };
}

/** `unknown`: the roster held here does not name the device (yet). */
export function signatureOf(core: Core, { frame, header }: ReadFrame): 'holds' | 'forged' | 'unknown' {
  const keys = keysOf(core, header);
  if (keys.length === 0) return 'unknown';
  return keys.some((key) => signatureHolds(key, frame.h, frame.s)) ? 'holds' : 'forged';
}

/** Logs of which a site sees only what concerns it: the center's own, and those of other sites. */
export function isSparse(core: Pick<Core, 'identity'>, header: FactHeader): boolean {
  return header.station === CENTER_STATION || header.site !== core.identity.site;
}

export function isSparseLog(core: Core, log: LogState): boolean {
  return log.station === CENTER_STATION || (log.site !== null && log.site !== core.identity.site);
}

function keysOf(core: Core, header: FactHeader): readonly string[] {
  const roster = core.roster();
  if (header.station === CENTER_STATION) return roster?.centerKeys ?? [];
  if (header.site !== core.identity.site) return [];
  const peer = roster?.peers.find((one) => one.station === header.station);
  if (header.station !== core.identity.station) return peer ? [peer.key] : [];
  // A re-enrolled workstation signs with a new key; facts of the one before it verify by the roster's.
  return peer && peer.key !== core.signer.publicKey ? [core.signer.publicKey, peer.key] : [core.signer.publicKey];
}

/**
 * Which frames of a stream's page are forged. The center verified each one at its intake, so here it is enough that the
 * newest frame of every run of a log verifies: each header names the hash of the one before it, and the newest signature
 * thereby vouches for the whole run. A frame off the chain is verified by itself; one of an unknown device is the
 * center's word.
 */
export function forgedOnStream(core: Core, reads: readonly (ReadFrame | null)[]): ReadonlySet<ReadFrame> {
  const forged = new Set<ReadFrame>();
  const vouched = new Map<string, string | null>();
  for (let i = reads.length - 1; i >= 0; i--) {
    const read = reads[i];
    if (!read) continue;
    const chain = read.header.log;
    const verdict = vouched.get(chain) === read.hash ? 'holds' : signatureOf(core, read);
    if (verdict === 'forged') forged.add(read);
    else if (verdict === 'holds') vouched.set(chain, read.header.prev);
  }
  return forged;
}
