/** What goes out again: the stream, snapshots, and what was erased. */
import { beforeEach, expect, it } from 'vitest';
import { shownValue } from '#domain/kernel/fold.ts';
import { assignmentRef } from '#domain/kernel/ids.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import { eraseEntity } from '../erase.ts';
import type { CenterLog, Committed } from '../port.ts';
import { frames, headers, type LogBench, type LogUnderTest, typesOf, world } from './log-bench.ts';
import { pushFrames } from './push.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

export function carryingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  let changes: Committed[];
  const { signer, keys, enrolled, push, stream, folded } = bench;
  beforeEach(() => {
    ({ subject, a, changes } = bench.begun());
  });

  it('brings an entity, its past included, to another site that comes to hold it', async () => {
    const [here, there] = subject.sites;
    const far = await enrolled(
      testStation(`far-${subject.org}`, there, { session: `dispatcher-${subject.org}`, by: 'ann' }),
    );
    const [incident, other] = [newEntity('incident'), newEntity('incident')];
    const first = a.append(opening(incident));
    const noted = a.append({ type: 'incident.noted', about: [incident], body: { text: 'before' } });
    const theirs = far.append(opening(other));
    await push(pushOf(first, noted));
    await push(pushOf(theirs), there.site);
    expect(frames(await stream(there.site))).toEqual(headers([theirs]));
    const linked = a.append({ type: 'incident.linked', about: [incident, other], body: { linked: true } });
    await push(pushOf(linked));
    const joins = far.append({ type: 'incident.noted', about: [incident], body: { text: 'from there' } });
    await push(pushOf(joins), there.site);
    const stations = (items: readonly StreamItem[]): string[] =>
      frames(items).filter((h) => !h.includes('"station":"center"'));
    expect(stations(await stream(there.site))).toEqual(headers([theirs, first, noted, linked, joins]));
    expect(stations(await stream(here.site))).toEqual(headers([first, noted, linked, joins]));
    const after = a.append({ type: 'incident.noted', about: [incident], body: { text: 'after' } });
    await push(pushOf(after));
    expect((await stream(there.site)).map((item) => item.n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(stations(await stream(there.site)).at(-1)).toBe(after.frame.h);
    const { items } = await subject.log.entityFacts(subject.org, there.site, incident);
    expect(frames(items)).toEqual(headers([first, noted, linked, joins, after]));
    expect((await folded(incident))?.lists.notes).toHaveLength(3);
  });

  it('numbers densely under eight pushers at once, in the order of visibility', async () => {
    const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
    const stations = await Promise.all(
      Array.from({ length: 8 }, (_, i) => enrolled(testStation(`p${i}-${subject.org}`, subject.sites[0], who))),
    );
    let seen = 0;
    let done = false;
    const watcher = (async () => {
      while (!done) {
        const { items } = await subject.log.read(subject.org, subject.sites[0].site, seen, 5_000);
        for (const item of items) expect(item.n).toBe(++seen);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await Promise.all(
      stations.map(async (station) => {
        const incident = newEntity('incident');
        for (let i = 0; i < 10; i++) {
          const made = [0, 1, 2].map((k) =>
            station.append({ type: 'incident.noted', about: [incident], body: { text: `${i}.${k}` } }),
          );
          await push(pushOf(...made));
        }
      }),
    );
    done = true;
    await watcher;
    const items = await stream();
    expect(items.map((item) => item.n)).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
    expect(new Set(frames(items)).size).toBe(240);
  });

  it('leaves nothing of a step that fails', async () => {
    const incident = newEntity('incident');
    const made = a.append(opening(incident));
    const broken: CenterLog = {
      ...subject.log,
      intake: (org, work) =>
        subject.log.intake(org, async (tx) => {
          await work(tx);
          throw new Error('power');
        }),
    };
    await expect(pushFrames(broken, keys, world, subject.org, subject.sites[0].site, pushOf(made))).rejects.toThrow(
      'power',
    );
    expect(await stream()).toEqual([]);
    expect(changes).toEqual([]);
    await push(pushOf(made));
    expect((await stream()).map((item) => item.n)).toEqual([1]);
    expect(shownValue(await folded(incident), 'number')).toBe('26-000001');
  });

  it('tells what was committed, with the numbers it has on each stream', async () => {
    const incident = newEntity('incident');
    const made = a.append(opening(incident));
    await push(pushOf(made));
    expect(changes).toHaveLength(1);
    expect(changes[0]?.sites.get(subject.sites[0].site)).toEqual({ items: [{ n: 1, frame: made.frame }], head: 1 });
    expect(changes[0]?.keys).toEqual(made.keys);
    expect(changes[0]?.facts.map((fact) => fact.id)).toEqual([made.fact.id]);
  });

  it('carries versions of records on the stream, never an earlier after a later one', async () => {
    const site = subject.sites[0].site;
    const unit = { kind: 'disposition', id: `d-${subject.org}`, version: 1, body: { code: 'X', text: 'One' } };
    await subject.log.intake(subject.org, (tx) => tx.putRecord(site, unit));
    await subject.log.intake(subject.org, (tx) =>
      tx.putRecord(site, { ...unit, version: 2, body: { code: 'X', text: 'Two' } }),
    );
    await expect(subject.log.intake(subject.org, (tx) => tx.putRecord(site, unit))).rejects.toThrow('later version');
    expect((await stream()).map((item) => ('record' in item ? item.record.version : 0))).toEqual([1, 2]);
    const held = await subject.log.intake(subject.org, (tx) => tx.record('disposition', unit.id));
    expect(held).toEqual({ ...unit, version: 2, body: { code: 'X', text: 'Two' } });
    const archived = { ...unit, version: 3, body: null };
    await subject.log.intake(subject.org, (tx) => tx.putRecord(site, archived));
    expect(await subject.log.intake(subject.org, (tx) => tx.record('disposition', unit.id))).toEqual(archived);
    const start = await subject.log.startingPoint(subject.org, site, 0);
    expect(start.items).toEqual([{ n: 3, record: archived }]);
  });

  it('starts a new station with what an archived unit was last, too: what it did is told under its callsign', async () => {
    const site = subject.sites[0].site;
    const unit = { kind: 'roster_unit', id: `u-${subject.org}` };
    const named = (version: number, callsign: string) => ({ ...unit, version, body: { callsign } });
    const archived = { ...unit, version: 3, body: null };
    for (const record of [named(1, 'M36'), named(2, 'M63'), archived])
      await subject.log.intake(subject.org, (tx) => tx.putRecord(site, record));
    const start = await subject.log.startingPoint(subject.org, site, 0);
    expect(start.items).toEqual([
      { n: 2, record: named(2, 'M63') },
      { n: 3, record: archived },
    ]);
  });

  it('starts a new station with facts of what is open and folded state of what is not', async () => {
    const [old, open] = [newEntity('incident'), newEntity('incident')];
    const long = Date.now() - 90 * 86_400_000;
    const then = await enrolled(
      testStation(`then-${subject.org}`, subject.sites[0], {
        session: `dispatcher-${subject.org}`,
        by: 'ann',
        now: () => long,
      }),
    );
    const opened = then.append(opening(old));
    const closed = then.append({
      type: 'incident.closed',
      about: [old],
      replaces: [opened.fact.id],
      body: { disposition: 'done' },
    });
    const fresh = a.append(opening(open));
    await push(pushOf(opened, closed, fresh));
    const start = await subject.log.startingPoint(subject.org, subject.sites[0].site, Date.now() - 72 * 3_600_000);
    expect(frames(start.items)).toEqual(headers([fresh]));
    expect(start.head).toBe(3);
    expect(start.folded.map((state) => state.ref)).toEqual([old]);
    expect(shownValue(start.folded[0], 'life')).toBe('closed');
    expect(start.heads.map(({ log, seq }) => ({ log, seq }))).toEqual(
      [
        { log: a.log().log, seq: 1 },
        { log: then.log().log, seq: 2 },
      ].sort((x, y) => (x.log < y.log ? -1 : 1)),
    );
  });

  it('starts a new station with the state of a unit, which goes on for years, and what was said of it lately', async () => {
    const [unit, incident] = [newEntity('unit'), newEntity('incident')];
    const long = Date.now() - 90 * 86_400_000;
    const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
    const then = await enrolled(testStation(`then-${subject.org}`, subject.sites[0], { ...who, now: () => long }));
    const status = (by: TestStation, code: string, replaces: readonly Made[]): Made =>
      by.append({
        type: 'unit.status',
        about: [unit],
        replaces: replaces.map(({ fact }) => fact.id),
        body: { code, standard: 'available' },
      });
    const old = Array.from({ length: 5 }, (_, i) => status(then, `S${i}`, []));
    const opened = a.append(opening(incident));
    const sent = a.append({
      type: 'unit.dispatched',
      about: [incident, unit, assignmentRef(incident, unit, 0)],
      body: { code: 'DP', commitments: [incident] },
    });
    const lately = status(a, 'AV', old);
    await push(pushOf(...old, opened, sent, lately));
    const site = subject.sites[0].site;
    const start = await subject.log.startingPoint(subject.org, site, Date.now() - 72 * 3_600_000);
    expect(frames(start.items)).toEqual(headers([opened, sent, lately]));
    expect(start.folded).toEqual([await folded(unit)]);
    expect(start.folded[0]?.count).toBe(7);
    const later = await subject.log.startingPoint(subject.org, site, Date.now() + 60_000);
    expect(frames(later.items)).toEqual(headers([opened, sent]));
    expect(later.folded.map(({ ref }) => ref)).toEqual([unit]);
  });

  it('erases an entity: bodies, keys and PHI go, the chain and the numbers stay, stations are told, late copies too', async () => {
    const incident = newEntity('incident');
    const made = [
      a.append(opening(incident)),
      a.append({ type: 'incident.noted', about: [incident], body: { text: 'secret' } }),
    ];
    const input = pushOf(...made);
    await push(input);
    const late = a.append({ type: 'incident.noted', about: [incident], body: { text: 'late secret' } });
    await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
    const items = await stream();
    expect(items.map((item) => item.n)).toEqual([1, 2, 3, 4]);
    expect(typesOf(items)).toEqual(['incident.opened', 'incident.noted', 'log.opened', 'entity.erased']);
    expect(items.slice(0, 2).map((item) => ('frame' in item ? item.frame.b : ''))).toEqual([null, null]);
    expect((await subject.log.read(subject.org, subject.sites[0].site, 0, 10)).keys).toEqual([]);
    const state = await folded(incident);
    expect(shownValue(state, 'caller')).toBeUndefined();
    expect(shownValue(state, 'location')).toBeUndefined();
    expect(state?.lists.notes).toBeUndefined();
    expect(shownValue(state, 'priority')).toBe('2');
    const out = await push(pushOf(...made, late));
    expect(out.acks[0]?.seq).toBe(3);
    expect(out.problems).toEqual([]);
    expect((await stream()).at(-1)).toMatchObject({ n: 5, frame: { h: late.frame.h, b: null } });
    expect(JSON.stringify(await folded(incident))).not.toContain('secret');
  });
}
