/** A station of the shipped wire at a node of the center, and what it hears there. */
import { randomBytes } from 'node:crypto';
import type { StreamPage } from '#domain/kernel/stream.ts';
import type { Presence } from '#domain/wire/sync.ts';
import { signerOf } from '#sealing/signing.ts';
import { createHttpCenter, type HttpCenter } from '../../server-bridge/sync/http-center.ts';
import type { EnrolledStation } from './center.ts';

const random = (length: number): Uint8Array => randomBytes(length);

export async function listening(url: string, of: EnrolledStation) {
  const signer = signerOf(of.privateKey);
  const http = createHttpCenter({ url, station: of.station, signer, clock: Date.now, random });
  const pages: StreamPage[] = [];
  const presences: Presence[] = [];
  const ended: string[] = [];
  let rosters = 0;
  const channel = await new Promise<ReturnType<HttpCenter['live']>>((resolve, reject) => {
    const opened = http.live({
      onUp: () => resolve(opened),
      onDown: (reason) => reject(new Error(reason)),
      onPage: (page) => void pages.push(page),
      onPresence: (presence) => void presences.push(presence),
      onRoster: () => void rosters++,
      onSessionEnded: (session) => void ended.push(session),
    });
  });
  return { http, channel, pages, presences, ended, rosters: () => rosters };
}
