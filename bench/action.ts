/** From a window's call to the patch at the window, the fact durable in between, against one durable insert. */
import { fork } from 'node:child_process';
import { UNITS } from '../server-bridge/dispatch/testing/desk.ts';
import { connectBridge } from '../tools/bridge/client.ts';
import { answer } from './answer.ts';
import { type Measure, percentile } from './figures.ts';
import { inScratch } from './scratch.ts';

const INCIDENTS = 40;
const ROUNDS = 20;
const PER_ROUND = 100;

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const station = fork(new URL('./alone.ts', import.meta.url), [folder], { execArgv: ['--no-warnings'] });
    try {
      const { url } = await answer<{ readonly url: string }>(station);
      const bridge = await connectBridge(url);
      const board = await bridge.watch('board');
      say(`opening ${INCIDENTS} incidents`);
      const incidents: string[] = [];
      for (let i = 0; i < INCIDENTS; i++) {
        const opened = await bridge.call('incident.open', {
          location: { text: `${100 + i} MAIN ST` },
          nature: { code: '10', text: 'Chest pain' },
          priority: '2',
        });
        incidents.push(opened.incident ?? '');
      }
      const unit = UNITS[0];
      await bridge.call('unit.dispatch', { incident: incidents[0] ?? '', units: [unit] });

      let patched: (() => void) | null = null;
      board.onPatch(() => patched?.());
      const act = async (code: string): Promise<number> => {
        const seen = new Promise<void>((resolve) => {
          patched = resolve;
        });
        const started = performance.now();
        const called = bridge.call('unit.status', { unit, code });
        await seen;
        const took = performance.now() - started;
        await called;
        return took;
      };
      for (let i = 0; i < 200; i++) await act(i % 2 === 0 ? 'ER' : 'SG');
      say(`${ROUNDS} rounds of ${PER_ROUND} actions and ${PER_ROUND} inserts`);
      const actions: number[] = [];
      const inserts: number[] = [];
      // Besides: what an insert takes that comes alone, as an action does, and finds neither caches nor disk awake.
      const apart: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < PER_ROUND; i++) actions.push(await act(i % 2 === 0 ? 'ER' : 'SG'));
        station.send({ insert: PER_ROUND });
        inserts.push(...(await answer<{ readonly inserted: readonly number[] }>(station)).inserted);
        station.send({ insert: PER_ROUND / 4, apartMs: 1 });
        apart.push(...(await answer<{ readonly inserted: readonly number[] }>(station)).inserted);
      }
      bridge.close();
      const p50 = percentile(actions, 0.5);
      const insertP50 = percentile(inserts, 0.5);
      const p99 = percentile(actions, 0.99);
      const settings = {
        actions: actions.length,
        incidents: INCIDENTS,
        action: 'unit.status',
        over: 'loopback WebSocket',
      };
      return [
        {
          figure: 'action.p50_ratio',
          value: p50 / insertP50,
          with: { ...settings, p50Ms: p50, insertP50Ms: insertP50, insertAloneP50Ms: percentile(apart, 0.5) },
        },
        {
          figure: 'action.p99_ms',
          value: p99,
          with: { ...settings, p50Ms: p50, p99Ms: p99, insertP99Ms: percentile(inserts, 0.99) },
        },
      ];
    } finally {
      station.kill();
    }
  });
