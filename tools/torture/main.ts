/** `npm run torture`: kills real processes again and again under steady work, and looks for a lost, doubled or changed fact. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDS } from '../../domain/kernel/command-line.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import { givenTo } from '../command-line.ts';
import { rowDifferences } from './center-rows.ts';
import { COMMAND_LINE, type TortureFlags } from './flags.ts';
import { storeOfCenter, storeOfStation } from './held-by.ts';
import { build, type House, type Station } from './house.ts';
import { killAll } from './kills.ts';
import { openLedger } from './ledger.ts';
import { work } from './load.ts';
import { untilConverged } from './quiet.ts';
import { seeded } from './seeded.ts';
import { differences, type Holder, holderOf } from './verify.ts';

const STATIONS = 3;
const CONVERGE_MS = 60_000;
const SHOWN = 20;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Found {
  readonly problems: readonly string[];
  readonly acknowledged: number;
}

async function torture(
  house: House,
  data: string,
  { kills }: TortureFlags,
  { seed, seconds }: { readonly seed: number; readonly seconds: () => number },
): Promise<Found> {
  const ledger = openLedger(join(data, 'ledger.jsonl'));
  const random = seeded(seed);
  let going = true;
  const working: Promise<void>[] = [];
  const begin = (station: Station): void => {
    const at = {
      station: station.n,
      bridge: station.bridge(),
      board: station.board(),
      random: seeded(random.between(0, 4_294_967_295)),
      ledger,
    };
    working.push(work(at, () => going));
  };
  for (const station of house.stations) begin(station);
  // A console that breaks off its work for any other reason than its station's death has found something.
  const broken = new Promise<never>((_, reject) => {
    const watch = setInterval(() => {
      for (const one of working.splice(0)) one.catch(reject);
    }, 100);
    watch.unref();
  });
  const killing = killAll(
    house,
    kills,
    random,
    ({ what, pid }, n) =>
      say(`${String(n).padStart(4)}  after ${String(seconds()).padStart(3)} s  killed ${what} (${pid})`),
    begin,
  );
  await Promise.race([killing, broken, house.sound]);
  going = false;
  say('      waiting for convergence');
  await Promise.race([untilConverged(house, CONVERGE_MS), broken, house.sound]);
  const code = await house.code();
  for (const station of house.stations) house.killing(station.child());
  await Promise.all(house.stations.map((station) => station.child().stop()));
  const entries = ledger.entries();
  ledger.close();
  return {
    problems: await compare(house, code, entries),
    acknowledged: entries.reduce((sum, { facts }) => sum + facts.length, 0),
  };
}

async function compare(
  house: House,
  code: string,
  entries: Parameters<typeof differences>[1],
): Promise<readonly string[]> {
  const stores: OpenStore[] = [];
  try {
    const problems: string[] = [];
    const holders: Holder[] = [];
    const take = (name: string, store: OpenStore): void => {
      stores.push(store);
      const read = holderOf(name, store);
      problems.push(...read.problems);
      holders.push(read.holder);
    };
    take('the center', await storeOfCenter(house.centerUrl, code));
    for (const { n, folder } of house.stations) take(`station ${n}`, await storeOfStation(folder));
    problems.push(...differences(holders, entries));
    if (holders[0]) problems.push(...(await rowDifferences(house.centerUrl, holders[0])));
    return problems;
  } finally {
    for (const store of stores) store.abandon();
  }
}

async function main(): Promise<number> {
  const flags = givenTo(COMMAND_LINE);
  const seed = flags.seed ?? Date.now() % 4_294_967_296;
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  const data = mkdtempSync(join(tmpdir(), 'qd-torture-'));
  say(`torture: ${flags.kills} kills, seed ${seed}`);
  let house: House | null = null;
  let failed = true;
  const leave = (): void => house?.clear();
  process.on('exit', leave);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const late = setTimeout(() => {
    say(`Broken off after ${Math.round(flags.limitMs / 1000)} s; the folder is ${data}, the seed ${seed}.`);
    process.exit(ENDS.no);
  }, flags.limitMs);
  try {
    house = await build(data, STATIONS);
    const { problems, acknowledged } = await torture(house, data, flags, { seed, seconds });
    await house.stop();
    for (const problem of problems.slice(0, SHOWN)) say(`      ${problem}`);
    if (problems.length > SHOWN) say(`      and ${problems.length - SHOWN} more`);
    failed = problems.length > 0;
    say(`${flags.kills} kills, ${acknowledged} facts acknowledged, ${problems.length} differences, ${seconds()} s`);
  } catch (error) {
    say(`      ${error instanceof Error ? error.message : String(error)}`);
    say(`${flags.kills} kills: failed after ${seconds()} s, seed ${seed}`);
  } finally {
    clearTimeout(late);
    house?.clear();
    if (failed || flags.keep) say(`      the folder is ${data}, the seed ${seed}`);
    else rmSync(data, { recursive: true, force: true });
  }
  return failed ? ENDS.no : ENDS.done;
}

process.exit(await main());
