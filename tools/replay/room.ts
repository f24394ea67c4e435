/** A center and two stations of a site of its own, kept in one folder with the layout of `npm start`. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BridgeClient, connectBridge } from '../bridge/client.ts';
import { type CenterApi, signInToCenter } from '../center-api/center-api.ts';
import type { Child } from '../start/child.ts';
import { DEMO_ADMINISTRATOR } from '../start/demo.ts';
import { enrolmentCode } from '../start/enrolment.ts';
import { centerFolder, stationFolder } from '../start/folder.ts';
import { type Center, type StationProcess, startCenterProcess, startStationProcess } from '../start/processes.ts';

const KeptSchema = z.object({ site: z.string(), user: z.string(), password: z.string(), zone: z.string() });
const SiteMadeSchema = z.object({ invitation: z.object({ code: z.string() }) });
/** What a folder remembers of its replay: its site and who administers it. A file that its owner alone reads (0600). */
export type Kept = z.infer<typeof KeptSchema>;

export interface Room {
  readonly kept: Kept;
  readonly centerUrl: string;
  readonly api: CenterApi;
  /** Signed in: the station that plays, and the one that only listens. */
  readonly player: BridgeClient;
  readonly listener: BridgeClient;
  readonly killCenter: () => Promise<void>;
  readonly restartCenter: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const keptFile = (data: string): string => join(data, 'replay.json');

export function readKept(data: string): Kept | null {
  const file = keptFile(data);
  return existsSync(file) ? KeptSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** Starts everything in `data`; with no `known` it is a new site named `siteName` in `zone`. */
export async function openRoom(
  data: string,
  known: Kept | null,
  siteName: string,
  zone: string,
  say: (what: string) => void,
): Promise<Room> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0).reverse()) await child.stop();
  };
  try {
    say('the center and its database');
    const start = (port: number): Center => {
      const started = startCenterProcess({ folder: centerFolder(data), port, demo: true });
      children.push(started.child);
      return started;
    };
    let center = start(0);
    const centerUrl = (await center.ready).center;
    const organisation = DEMO_ADMINISTRATOR.user.split('@')[1] ?? '';
    let kept = known;
    if (!kept) {
      say(`the site ${siteName}`);
      const suffix = randomBytes(3).toString('hex');
      const admin = { user: `replay-${suffix}`, password: randomBytes(18).toString('base64url') };
      const organisationApi = await signInToCenter(centerUrl, DEMO_ADMINISTRATOR);
      const { invitation } = SiteMadeSchema.parse(
        await organisationApi.post('/v1/sites', { name: siteName, timeZone: zone, admin: { user: admin.user } }),
      );
      await organisationApi.post('/v1/invitations/accept', { code: invitation.code, password: admin.password });
      kept = { site: siteName, user: admin.user, password: admin.password, zone };
      writeFileSync(keptFile(data), `${JSON.stringify(kept)}\n`, { mode: 0o600 });
    }
    const administrator = { user: `${kept.user}@${organisation}`, password: kept.password };
    say('two stations');
    const station = async (n: number): Promise<StationProcess> => {
      const folder = stationFolder(data, n);
      const enrolled = existsSync(join(folder, 'station.db'));
      const started = startStationProcess({
        folder,
        center: centerUrl,
        consolePort: 0,
        lanPort: 0,
        name: `Replay ${n}`,
        ...(enrolled ? {} : { code: await enrolmentCode(centerUrl, administrator, kept.site) }),
      });
      children.push(started.child);
      return started;
    };
    const windows: BridgeClient[] = [];
    for (const n of [1, 2]) {
      const { console: address } = await (await station(n)).ready;
      const window = await connectBridge(address);
      await window.call('session.sign_in', { user: kept.user, password: kept.password });
      windows.push(window);
    }
    const [player, listener] = windows as [BridgeClient, BridgeClient];
    return {
      kept,
      centerUrl,
      api: await signInToCenter(centerUrl, administrator),
      player,
      listener,
      killCenter: async () => {
        center.child.kill();
        await center.child.ended;
        children.splice(children.indexOf(center.child), 1);
      },
      restartCenter: async () => {
        center = start(Number(new URL(centerUrl).port));
        await center.ready;
      },
      stop: async () => {
        player.close();
        listener.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
