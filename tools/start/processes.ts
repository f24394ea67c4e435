/**
 * The processes of the product, as everything that runs the real thing starts them: `npm start`, replay, torture, bench and
 * the end-to-end tests. Each says `ready {…}` on its output once it serves; a process that cannot run says why in one
 * sentence and ends with `ENDS.refused`.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { ENROL_VARIABLE } from '../../server-bridge/flags.ts';
import { root } from '../check/program.ts';
import { type Child, startChild } from './child.ts';
import { electronArguments } from './shell.ts';

type Lines = (line: string) => void;

export interface CenterOptions {
  /** Folder of the center: its database, keys and documents. */
  readonly folder: string;
  /** 0 for any free one. Always on loopback. */
  readonly port: number;
  /** Makes the demo organisation where it is missing. */
  readonly demo: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: Lines;
}

const CenterReadySchema = z.object({ center: z.url() });
export type CenterReady = z.infer<typeof CenterReadySchema>;

export interface Center {
  readonly child: Child;
  readonly ready: Promise<CenterReady>;
}

export function startCenterProcess({ folder, port, demo, env, onLine }: CenterOptions): Center {
  const child = startChild({
    name: 'The center',
    args: [join(root, 'server', 'main.ts'), '--data', folder, '--port', String(port), ...(demo ? ['--demo'] : [])],
    ...(env === undefined ? {} : { env }),
    ...(onLine === undefined ? {} : { onLine }),
  });
  return { child, ready: readyAs(child, CenterReadySchema) };
}

export interface StationOptions {
  /** Folder of the station: its store and keys. */
  readonly folder: string;
  /** Address of its center; null for one that knows it already. */
  readonly center: string | null;
  /** File of the authority that alone vouches for it; what was remembered where left out. */
  readonly centerCa?: string;
  /** 0 for any free one. */
  readonly consolePort: number;
  readonly lanPort: number;
  /** The address of this machine that it listens on for its peers; loopback where left out. */
  readonly lanHost?: string;
  /** `host:port` that its peers are told to dial where that is not the LAN port itself (a proxy). */
  readonly lanAddress?: string;
  readonly name?: string;
  /** One-time code; needed once in a station's life. */
  readonly code?: string;
  /** Electron's binary, to run the station inside the desktop shell; a plain process without it. */
  readonly electron?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: Lines;
}

const StationReadySchema = z
  .object({
    console: z.url().nullable(),
    token: z.string().nullable(),
    station: z.string(),
    name: z.string(),
    lan: z.string().nullable(),
  })
  .transform(({ console, token, ...rest }) => ({
    ...rest,
    /** Address of its console, with a one-time token in the fragment. Empty for a station without a host. */
    console: console === null ? '' : `${console}#${token}`,
  }));
export type StationReady = z.infer<typeof StationReadySchema>;

/** What a station's `ready` line said. */
export const stationReadyOf = (said: unknown): StationReady => StationReadySchema.parse(said);

export interface StationProcess {
  readonly child: Child;
  readonly ready: Promise<StationReady>;
}

export function startStationProcess(options: StationOptions): StationProcess {
  const { folder, center, centerCa, consolePort, lanPort, lanHost, lanAddress, name, code, electron, env, onLine } =
    options;
  const flags = [
    ['data', folder],
    ['center', center],
    ['center-ca', centerCa],
    ['console-port', String(consolePort)],
    ['lan-port', String(lanPort)],
    ['lan-host', lanHost],
    ['lan-address', lanAddress],
    ['name', name],
  ].flatMap(([flag, value]) => (value === null || value === undefined ? [] : [`--${flag}`, value]));
  const child = startChild({
    name: name ?? 'The station',
    ...(electron === undefined ? {} : { program: electron }),
    args: [...(electron === undefined ? [join(root, 'server-bridge', 'main.mjs')] : electronArguments()), ...flags],
    // Not beside the flags, which every user of the machine reads.
    ...(code === undefined ? {} : { env: { ...(env ?? process.env), [ENROL_VARIABLE]: code } }),
    ...(env === undefined || code !== undefined ? {} : { env }),
    ...(onLine === undefined ? {} : { onLine }),
  });
  return { child, ready: readyAs(child, StationReadySchema) };
}

function readyAs<S extends z.ZodType>(child: Child, schema: S): Promise<z.infer<S>> {
  const ready = child.ready.then((said) => schema.parse(said));
  // Asked for by those who need it; the others hear of an early end by `ended`.
  ready.catch(() => {});
  return ready;
}
