/** What a station listens on: its console on loopback, and its peers on the LAN. Both, or neither. */
import { isIPv6 } from 'node:net';
import type { Signer } from '../sealing/signing.ts';
import type { BridgedStation } from './bridge/serve.ts';
import type { Host } from './host/host.ts';
import type { Lan } from './sync/lan.ts';

export interface ListeningOptions {
  /** The loopback console: its port (0 for any) and the folder of its build. */
  readonly host: { readonly port: number; readonly folder: string } | null;
  /** Where peers reach it: what is listened on, and what they are told to dial where that differs (a proxy). */
  readonly lan: { readonly host: string; readonly port: number; readonly address: string | null } | null;
}

export interface Listening {
  readonly host: Host | null;
  readonly lan: Lan | null;
  /** `host:port` that peers dial, or null. */
  readonly lanAddress: string | null;
}

/** What peers dial: `10.0.0.7:7330`, `[fd00::7]:7330`. */
export function dialedAt(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Rejects where a port is taken or may not be used, with nothing left open: the error has `code` and `port`. */
export async function listen(
  { host, lan }: ListeningOptions,
  served: BridgedStation,
  signer: Signer,
): Promise<Listening> {
  const [hosting, linking] = await Promise.allSettled([
    host && import('./host/host.ts').then(({ startHost }) => startHost({ ...host, served })),
    lan &&
      import('./sync/lan.ts').then(({ openLan }) =>
        openLan({ station: served.station, signer, listen: { host: lan.host, port: lan.port } }),
      ),
  ]);
  const hosted = hosting.status === 'fulfilled' ? hosting.value : null;
  const linked = linking.status === 'fulfilled' ? linking.value : null;
  for (const one of [hosting, linking]) {
    if (one.status === 'fulfilled') continue;
    await Promise.all([hosted?.close(), linked?.close()]);
    throw one.reason;
  }
  return {
    host: hosted,
    lan: linked,
    lanAddress: linked && lan ? (lan.address ?? dialedAt(lan.host, linked.port ?? 0)) : null,
  };
}
