/**
 * After an outage: a station that made 10,000 facts alone meets a center that took 50,000 from elsewhere. Timed from the
 * moment its link is whole until both hold everything. Beside it the same documents through PouchDB's replication, both its
 * databases in one process on LevelDB, without a network in between.
 */
import { join } from 'node:path';
import type { ReachRow } from '../domain/bridge/topics.ts';
import { layCable } from '../tests/e2e/cable.ts';
import { connectBridge } from '../tools/bridge/client.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from '../tools/start/demo.ts';
import { enrolmentCode } from '../tools/start/enrolment.ts';
import { startCenterProcess, startStationProcess } from '../tools/start/processes.ts';
import type { Measure } from './figures.ts';
import { loadPeer } from './peers/install.ts';
import { inScratch } from './scratch.ts';
import { wireStation } from './wire-station.ts';

const ALONE = 10_000;
/** What is done alone is spread over so many incidents, as a room's work of some hours is. */
const INCIDENTS = 100;
const ELSEWHERE = 50_000;
const NOTE = 'Caller says the patient is sitting on the kitchen floor.';

interface PeerDb {
  readonly bulkDocs: (docs: readonly object[]) => Promise<unknown>;
  readonly sync: (other: PeerDb, options: object) => Promise<unknown>;
  readonly info: () => Promise<{ readonly doc_count: number }>;
  readonly close: () => Promise<void>;
}
type PeerDbClass = new (path: string) => PeerDb;

async function pouchSeconds(folder: string): Promise<number> {
  const Pouch = (await loadPeer('pouchdb')) as PeerDbClass;
  const here = new Pouch(join(folder, 'here'));
  const there = new Pouch(join(folder, 'there'));
  const docs = (from: number, count: number): object[] =>
    Array.from({ length: count }, (_, i) => ({
      _id: `fact-${from + i}`,
      type: 'incident.noted',
      at: Date.now(),
      about: [`incident:${i % 500}`],
      body: { text: NOTE },
    }));
  for (let i = 0; i < ALONE; i += 1_000) await here.bulkDocs(docs(i, 1_000));
  for (let i = 0; i < ELSEWHERE; i += 1_000) await there.bulkDocs(docs(ALONE + i, 1_000));
  const began = performance.now();
  await here.sync(there, { batch_size: 1_000 });
  const took = (performance.now() - began) / 1_000;
  for (const db of [here, there]) {
    const { doc_count } = await db.info();
    if (doc_count !== ALONE + ELSEWHERE) throw new Error(`The peer holds ${doc_count} documents.`);
    await db.close();
  }
  return took;
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
      for (let i = 0; i < drafts.length; i += 500) await other.http.push(other.push(drafts.slice(i, i + 500)));
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
      say('the same documents through PouchDB');
      const peer = await pouchSeconds(folder);
      const settings = {
        alone: ALONE,
        incidentsAlone: INCIDENTS,
        elsewhere: ELSEWHERE,
        waitingAtTheStart: waiting,
        seconds,
        peerSeconds: peer,
        peer: 'PouchDB 9, LevelDB, in one process, batches of 1000',
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
