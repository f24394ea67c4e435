/**
 * Writes the fixture that later versions migrate: a store of this build's schema with over a thousand facts, and what is
 * in it. Run once, when a schema lands: `node server-bridge/store/testing/write-fixture.ts`. Kept fixtures are never written again.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { type Folded, settledState, shown } from '../../../domain/kernel/fold.ts';
import { assignmentRef, entityRef } from '../../../domain/kernel/ids.ts';
import { SCHEMA_VERSION } from '../migrations/migrate.ts';
import type { OpenStore } from '../open.ts';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from './site.ts';

const INCIDENTS = 170;

/** What has to be found in the store whatever version opens it. */
export interface Expected {
  readonly deviceKey: string;
  readonly facts: number;
  readonly heads: readonly { readonly log: string; readonly seq: number; readonly hash: string | null }[];
  readonly unsent: number;
  readonly cursor: unknown;
  readonly headers: readonly string[];
  readonly states: { readonly [ref: string]: unknown };
  readonly lease: { readonly log: string; readonly left: number };
  readonly requests: readonly string[];
  readonly draft: unknown;
}

function writeFixture(directory: string): Expected {
  const site = testSite(`fixture ${SCHEMA_VERSION}`);
  const center = testCenter(site);
  const [a, b] = [site.open('a'), site.open('b')];
  const unit = entityRef('unit', 'm1');
  const states = new Set<`${string}:${string}`>([unit]);
  for (let i = 0; i < INCIDENTS; i++) {
    site.now += 60_000;
    const by = i % 3 === 2 ? b : a;
    const ref = incidentRef(site);
    const assignment = assignmentRef(ref, unit, 0);
    states.add(ref).add(assignment);
    const about = [ref, unit, assignment];
    const [opened] = by.append([site.opened(ref, `26-${i}`, { caller: `Caller ${i}`, priority: '2' })], AUTHOR);
    by.append(
      [
        site.edited(ref, { priority: '1' }, [opened?.id ?? '']),
        { type: 'incident.noted', v: 1, at: site.now, about: [ref], replaces: [], body: { text: `Note ${i}` } },
        {
          type: 'unit.dispatched',
          v: 1,
          at: site.now,
          about,
          replaces: shown(by.entity(unit), 'commitments'),
          body: { code: 'DP', commitments: [ref] },
        },
      ],
      AUTHOR,
    );
    // A blind edit of the other station now and then: a conflict that has to be one still after a migration.
    if (i % 10 === 0) (by === a ? b : a).append([site.edited(ref, { priority: '3' }, [opened?.id ?? ''])], AUTHOR);
    by.append(
      [
        {
          type: 'unit.status',
          v: 1,
          at: site.now,
          about,
          replaces: shown(by.entity(unit), 'commitments', 'status').concat(shown(by.entity(assignment), 'status')),
          body: { code: 'AV', standard: 'available', commitments: [] },
        },
        ...(i % 7 === 0 ? [] : [site.closed(ref, shown(by.entity(ref), 'life'))]),
      ],
      AUTHOR,
    );
    handOver(a, b);
    handOver(b, a);
    if (i === 120) {
      center.push(a);
      center.put({
        kind: 'agency',
        id: 'ems',
        version: 1,
        body: { name: 'County EMS', short: 'CEMS', discipline: 'ems' },
      });
      center.pull(a);
    }
  }
  a.addLease({ log: a.log(), year: 2026, from: 101, to: 200 });
  a.takeNumber(2026);
  a.putRequest({ id: site.id(), kind: 'record.put', session: null, by: 'u1', madeAt: site.now, input: {} }, null);
  a.saveValue('draft', 'p1', 'intake', { location: '100 Main St' });
  const expected = expectedOf(a, site.deviceKey('a'), states);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(join(directory, 'store.db.br'), brotliCompressSync(a.serialize(), { params }));
  writeFileSync(join(directory, 'expected.json.br'), brotliCompressSync(JSON.stringify(expected), { params }));
  return expected;
}

function expectedOf(store: OpenStore, deviceKey: string, refs: Iterable<`${string}:${string}`>): Expected {
  const heads = store.heads();
  const headers = heads.flatMap((head) => store.framesFrom(head.log, 1, 100_000).frames.map((frame) => frame.h));
  return {
    deviceKey,
    facts: headers.length,
    heads,
    unsent: store.unsentTotal(),
    cursor: store.cursor(),
    headers,
    states: Object.fromEntries([...refs].map((ref) => [ref, settledState(store.entity(ref) as Folded)])),
    lease: { log: store.log(), left: store.numbersLeft(2026) },
    requests: store.requests().map((request) => request.id),
    draft: store.value('draft', 'p1', 'intake') ?? null,
  };
}

if (import.meta.main) {
  const directory = join(import.meta.dirname, '../../../tests/fixtures', `store-v${SCHEMA_VERSION}`);
  const { facts } = writeFixture(directory);
  process.stdout.write(`${facts} facts in ${directory}\n`);
}
