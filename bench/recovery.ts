/**
 * After an outage: a station that made 10,000 facts alone meets a center that took 50,000 from elsewhere. Timed from the
 * moment its link is whole until both hold everything.
 *
 * Beside it as many facts as documents through PouchDB's replication, in the same places: a process that serves, one that
 * replicates with it over HTTP, and the same cable between them. The documents are frames as a station sends them, signed and
 * sealed, and each side has its batches on disk before it goes on. Both used to be in one process on LevelDB without syncs,
 * which gave PouchDB half of the machine's cores and none of its durability. Whether a signature holds, what a fact says and
 * what it makes of an incident PouchDB does not ask; it numbers nothing for all to read in one order, writes no audit, and keeps its
 * files in clear. Nothing was added to make up for that.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ReachRow } from '../domain/bridge/topics.ts';
import type { Frame } from '../domain/kernel/fact.ts';
import { entityRef } from '../domain/kernel/ids.ts';
import { type Cable, layCable } from '../tests/e2e/cable.ts';
import { connectBridge } from '../tools/bridge/client.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from '../tools/start/demo.ts';
import { enrolmentCode } from '../tools/start/enrolment.ts';
import { startCenterProcess, startStationProcess } from '../tools/start/processes.ts';
import { answer } from './answer.ts';
import type { Measure } from './figures.ts';
import type { ToPouch } from './peers/pouch.ts';
import { inScratch } from './scratch.ts';
import { wireStation } from './wire-station.ts';

const ALONE = 10_000;
/** What is done alone is spread over so many incidents, as a room's work of some hours is. */
const INCIDENTS = 100;
const ELSEWHERE = 50_000;
/** Documents that the peer takes at a time; its replication's own default is a tenth of it, and slower. */
const BATCH = 1_000;
const NOTE = 'Caller says the patient is sitting on the kitchen floor.';

type Document = Frame & { readonly _id: string };

/** Of facts as they lie in a log: one document a frame, in its order. */
const documentsOf = (frames: readonly Frame[], log: string): readonly Document[] =>
  frames.map((frame, i) => ({ _id: `${log}-${String(i).padStart(6, '0')}`, ...frame }));

async function pouchSeconds(
  folder: string,
  alone: readonly Document[],
  elsewhere: readonly Document[],
): Promise<number> {
  const sides: ChildProcess[] = [];
  let cable: Cable | null = null;
  const begin = async (name: string, documents: readonly Document[]): Promise<ChildProcess> => {
    const child = fork(new URL('./peers/pouch.ts', import.meta.url), [join(folder, name)], {
      execArgv: ['--no-warnings'],
    });
    sides.push(child);
    for (let i = 0; i < documents.length; i += BATCH) await ask(child, { docs: documents.slice(i, i + BATCH) });
    return child;
  };
  const ask = <A>(child: ChildProcess, message: ToPouch): Promise<A> => {
    const answered = answer<A>(child);
    child.send(message);
    return answered;
  };
  try {
    const console = await begin('pouch-console', alone);
    const center = await begin('pouch-center', elsewhere);
    const { port } = await ask<{ readonly port: number }>(center, { serve: true });
    cable = await layCable(port);
    const { seconds } = await ask<{ readonly seconds: number }>(console, { sync: cable.url });
    for (const side of sides) {
      const { held } = await ask<{ readonly held: number }>(side, { docs: [] });
      if (held !== alone.length + elsewhere.length) throw new Error(`The peer holds ${held} documents.`);
    }
    return seconds;
  } finally {
    for (const side of sides) side.kill();
    await cable?.stop();
  }
}

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const center = startCenterProcess({ folder: join(folder, 'center'), port: 0, demo: true });
    const { center: url } = await center.ready;
    const cable = await layCable(Number(new URL(url).port));
    const site = await demoSite();
    const code = (): Promise<string> => enrolmentCode(url, DEMO_ADMINISTRATOR, site);
    const station = startStationProcess({
      folder: join(folder, 'station'),
      center: cable.url,
      consolePort: 0,
      lanPort: 0,
      code: await code(),
    });
    try {
      const bridge = await connectBridge((await station.ready).console);
      await bridge.call('session.sign_in', DEMO_SIGN_IN);
      const reach = await bridge.watch('reach');
      const row = (): ReachRow => Object.values(reach.state().reach ?? {})[0] as unknown as ReachRow;
      await reach.until(
        () => row().center === 'reached' && row().behind === 0 && row().factsWaiting === 0,
        30_000,
        'the station to settle',
      );
      const incidents: string[] = [];
      for (let i = 0; i < INCIDENTS; i++) {
        const opened = await bridge.call('incident.open', {
          location: { text: `${i} BENCH ST` },
          nature: { code: '10', text: 'Chest pain' },
        });
        incidents.push(opened.incident ?? '');
      }
      cable.set('closed');
      await reach.until(() => row().center !== 'reached', 30_000, 'the outage to be noticed');
      say(`${ALONE} facts at the station alone`);
      for (let i = 0; i < ALONE; i++)
        await bridge.call('incident.note', { incident: incidents[i % INCIDENTS] ?? '', text: NOTE });
      say(`${ELSEWHERE} facts elsewhere`);
      const other = await wireStation(url, await code(), 'Elsewhere');
      const drafts = other.incidents(Math.ceil(ELSEWHERE / 8), 'unit:bench').slice(0, ELSEWHERE);
      const elsewhere: Frame[] = [];
      for (let i = 0; i < drafts.length; i += 500) {
        const pushed = other.push(drafts.slice(i, i + 500));
        elsewhere.push(...pushed.frames);
        await other.http.push(pushed);
      }
      // What the station made alone lies in its store: for the peer as many notes of the same incidents, made the same way.
      const notes = Array.from({ length: ALONE }, (_, i) => ({
        ...{ type: 'incident.noted', v: 1, at: Date.now(), replaces: [], body: { text: NOTE } },
        about: [entityRef('incident', incidents[i % INCIDENTS] ?? '')],
      }));
      const alone = other.push(notes).frames;
      await other.close();
      const waiting = row().factsWaiting;
      say('the link is whole again');
      const began = performance.now();
      cable.set('open');
      await reach.until(
        () =>
          row().center === 'reached' &&
          row().factsWaiting === 0 &&
          row().behind === 0 &&
          performance.now() - began > 200,
        600_000,
        'everything to be everywhere',
      );
      const seconds = (performance.now() - began) / 1_000;
      bridge.close();
      await station.child.stop();
      await center.child.stop();
      say('as many frames through PouchDB');
      const peer = await pouchSeconds(
        folder,
        documentsOf(alone, 'alone'),
        documentsOf(elsewhere.slice(0, ELSEWHERE), 'elsewhere'),
      );
      const settings = {
        alone: ALONE,
        incidentsAlone: INCIDENTS,
        elsewhere: ELSEWHERE,
        waitingAtTheStart: waiting,
        seconds,
        peerSeconds: peer,
        peer: 'PouchDB 9 over HTTP, LevelDB synced, batches of 1000',
        peerDocuments: 'frames',
      };
      return [
        { figure: 'recovery.s', value: seconds, with: settings },
        { figure: 'recovery.vs_pouchdb', value: peer / seconds, with: settings },
      ];
    } finally {
      await cable.stop();
      await station.child.stop();
      await center.child.stop();
    }
  });
