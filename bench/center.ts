/**
 * The center's intake: one organisation, eight clients on loopback, every signature verified, every fact folded into its
 * rows and audited, durable before its acknowledgment. Clients sign beforehand, so that the center is what is measured, and push as stations do.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FactDraft } from '../domain/kernel/fact.ts';
import type { PushIn } from '../domain/wire/sync.ts';
import { PUSH_PACE, PUSHES, WORTH_A_PUSH } from '../server-bridge/sync/state.ts';
import { DEMO_ADMINISTRATOR, demoSite } from '../tools/start/demo.ts';
import { enrolmentCode } from '../tools/start/enrolment.ts';
import { startCenterProcess } from '../tools/start/processes.ts';
import type { FigureName, Measure, Measured } from './figures.ts';
import { inScratch } from './scratch.ts';
import { type WireStation, wireStation } from './wire-station.ts';

const CLIENTS = 8;
const RUNS: readonly { readonly figure: FigureName; readonly batch: number; readonly facts: number }[] = [
  { figure: 'center.single', batch: 1, facts: 4_000 },
  { figure: 'center.b20', batch: 20, facts: 24_000 },
  { figure: 'center.b100', batch: 100, facts: 40_000 },
];
/** Before anything is measured: a center runs for weeks, and what it does while its code is still being compiled is not it. */
const WARM_UP: readonly { readonly batch: number; readonly facts: number }[] = [
  { batch: 20, facts: 8_000 },
  { batch: 1, facts: 2_000 },
];

const WARM_UP_FACTS = WARM_UP.reduce((sum, { facts }) => sum + facts, 0);

function inBatches(station: WireStation, drafts: readonly FactDraft[], batch: number): readonly PushIn[] {
  const pushes: PushIn[] = [];
  for (let i = 0; i < drafts.length; i += batch) pushes.push(station.push(drafts.slice(i, i + batch)));
  return pushes;
}

/**
 * As a station does (server-bridge/sync/push-decisions.ts): several pushes on their way, a small one no sooner behind the last
 * than a station's; what overtook the one it goes on from goes once more. How many did.
 */
async function pushAll(station: WireStation, pushes: readonly PushIn[]): Promise<number> {
  const onTheirWay = new Set<Promise<void>>();
  let overtook = 0;
  const taken = async (input: PushIn): Promise<void> => {
    for (;;) {
      const { problems } = await station.http.push(input);
      if (problems.length === 0) return;
      if (problems[0]?.why !== 'ahead') throw new Error(`A frame was not taken: ${problems[0]?.why}.`);
      overtook++;
    }
  };
  let last = 0;
  for (const input of pushes) {
    const mayLeave = (): boolean =>
      onTheirWay.size === 0 ||
      (onTheirWay.size < PUSHES && (input.frames.length >= WORTH_A_PUSH || performance.now() - last >= PUSH_PACE));
    while (!mayLeave()) {
      const paced = onTheirWay.size < PUSHES ? [delay(Math.max(0, last + PUSH_PACE - performance.now()))] : [];
      await Promise.race([...onTheirWay, ...paced]);
    }
    last = performance.now();
    const push = taken(input).then(() => void onTheirWay.delete(push));
    onTheirWay.add(push);
  }
  await Promise.all(onTheirWay);
  return overtook;
}

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const center = startCenterProcess({ folder: join(folder, 'center'), port: 0, demo: true });
    try {
      const { center: url } = await center.ready;
      const site = await demoSite();
      const stations: WireStation[] = [];
      for (let i = 0; i < CLIENTS; i++) {
        stations.push(await wireStation(url, await enrolmentCode(url, DEMO_ADMINISTRATOR, site), `Bench ${i}`));
      }
      const draftsOf = (facts: number): readonly (readonly FactDraft[])[] =>
        stations.map((station, i) => station.incidents(Math.ceil(facts / CLIENTS / 8), `unit:bench-${i}`));
      const run = async (facts: number, batch: number) => {
        const drafts = draftsOf(facts);
        const pushes = stations.map((station, i) => inBatches(station, drafts[i] ?? [], batch));
        const count = drafts.reduce((sum, of) => sum + of.length, 0);
        const started = performance.now();
        const again = await Promise.all(stations.map((station, i) => pushAll(station, pushes[i] ?? [])));
        const value = count / ((performance.now() - started) / 1_000);
        return { value, overtook: again.reduce((sum, of) => sum + of, 0) };
      };
      for (const { batch, facts } of WARM_UP) await run(facts, batch);
      const measured: Measured[] = [];
      for (const { figure, batch, facts } of RUNS) {
        say(`${facts} facts by ${CLIENTS} clients in batches of ${batch}`);
        const { value, overtook } = await run(facts, batch);
        measured.push({
          figure,
          value,
          with: {
            clients: CLIENTS,
            pushesOnTheirWay: PUSHES,
            overtook,
            batch,
            facts,
            warmUpFacts: WARM_UP_FACTS,
            organisations: 1,
            postgres: 'embedded, synchronous_commit on',
          },
        });
      }
      await Promise.all(stations.map((station) => station.close()));
      return measured;
    } finally {
      await center.child.stop();
    }
  });
