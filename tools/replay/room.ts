/** A center and two stations of a site of its own, kept in one folder with the layout of `npm start`. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BridgeClient, connectBridge } from '../bridge/client.ts';
import { type CenterApi, signInToCenter } from '../center-api/center-api.ts';
import type { Child } from '../start/child.ts';
import { DEMO_ADMINISTRATOR } from '../start/demo.ts';
import { enrolmentCode } from '../start/enrolment.ts';
import { centerFolder, stationFolder } from '../start/folder.ts';
import type { House } from '../start/house.ts';
import { type Center, type StationProcess, startCenterProcess, startStationProcess } from '../start/processes.ts';
import { keepAwake } from './awake.ts';
import { type Kept, writeKept } from './kept.ts';

const SiteMadeSchema = z.object({ invitation: z.object({ code: z.string() }) });

export interface Room {
  readonly kept: Kept;
  readonly centerUrl: string;
  readonly api: CenterApi;
  /** Signed in: the station that plays, and the one that only listens. */
  readonly player: BridgeClient;
  readonly listener: BridgeClient;
  /** Ends the process of the station that only listens: its store can be read then. */
  readonly endListener: () => Promise<void>;
  readonly killCenter: () => Promise<void>;
  readonly restartCenter: () => Promise<void>;
  /** Lets go of both stations. The processes are the house's. */
  readonly close: () => void;
}

/** Starts everything in `data`, held by `house`; with no `known` it is a new site named `siteName` in `zone`. */
export async function openRoom(
  data: string,
  known: Kept | null,
  siteName: string,
  zone: string,
  house: House,
  say: (what: string) => void,
): Promise<Room> {
  say('the center and its database');
  const start = (port: number): Center => {
    const started = startCenterProcess({ folder: centerFolder(data), port, demo: true });
    house.hold(started.child, 0);
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
    kept = { site: siteName, user: admin.user, password: admin.password, zone, played: false };
    writeKept(data, kept);
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
    house.hold(started.child, 1);
    return started;
  };
  const signIn = { user: kept.user, password: kept.password };
  const opened = async (n: number): Promise<{ child: Child; window: BridgeClient }> => {
    const { child, ready } = await station(n);
    const window = await connectBridge((await ready).console);
    await window.call('session.sign_in', signIn);
    return { child, window };
  };
  const [{ window: player }, { window: listener, child: listening }] = await Promise.all([opened(1), opened(2)]);
  const letSleep = keepAwake([player, listener]);
  return {
    kept,
    centerUrl,
    api: await signInToCenter(centerUrl, administrator),
    player,
    listener,
    endListener: async () => {
      listener.close();
      await listening.stop();
    },
    killCenter: async () => {
      center.child.kill();
      await center.child.ended;
    },
    restartCenter: async () => {
      center = start(Number(new URL(centerUrl).port));
      await center.ready;
    },
    close: () => {
      letSleep();
      player.close();
      listener.close();
    },
  };
}
