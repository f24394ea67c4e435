/** Putting things on sites' streams within one step of intake. Numbers follow each other; the heads are written at its end. */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { RecordVersion, StreamItem } from '#domain/kernel/stream.ts';
import type { Asking } from '../../db/flight.ts';
import type { AppendRow, BodyRow } from '../port.ts';
import { type FrameRow, frameOf } from './frames.ts';
import type { OrgMemory } from './memory.ts';
import type { StepKeys } from './step-keys.ts';
import type { Writes } from './writes.ts';

interface Stream {
  readonly items: StreamItem[];
  head: number;
}

export interface StepStreams {
  readonly sites: ReadonlyMap<string, Stream>;
  /** Envelopes of the keys that frames put on streams name. */
  readonly keys: ReadonlyMap<string, KeyEnvelope>;
  readonly append: (rows: readonly AppendRow[]) => Promise<void>;
  /** The body of a fact that is held by its header alone, onto every stream that the fact is on. */
  readonly again: (row: BodyRow) => Promise<void>;
  /** Earlier facts about an entity, of other sites, onto the stream of a site that now holds it. */
  readonly bring: (ref: EntityRef, site: string) => Promise<void>;
  readonly putRecord: (site: string, record: RecordVersion) => Promise<void>;
  readonly putMarker: (site: string, log: string, seq: number, reason: string) => Promise<void>;
  /** Says where the streams stand, for the step to write. */
  readonly settle: () => void;
}

export function stepStreams(
  client: Asking,
  org: string,
  memory: OrgMemory,
  stepKeys: StepKeys,
  writes: Writes,
): StepStreams {
  const sites = new Map<string, Stream>();
  const keys = new Map<string, KeyEnvelope>();
  const opening = new Map<string, Promise<Stream>>();

  /** One promise for a site: whoever asks first has the stream first, so that numbers are given in the order of asking. */
  const streamOf = (site: string): Promise<Stream> => {
    const opened = opening.get(site) ?? openStream(site);
    opening.set(site, opened);
    return opened;
  };

  const openStream = async (site: string): Promise<Stream> => {
    let head = memory.streams.get(site);
    if (head === undefined) {
      const { rows } = await client.query<{ head: number }>(
        'select head from kernel.stream where org = $1 and site = $2',
        [org, site],
      );
      head = rows[0]?.head ?? 0;
    }
    const made: Stream = { items: [], head };
    sites.set(site, made);
    return made;
  };

  const nameKeys = async (ids: readonly (string | null)[]): Promise<void> => {
    const named = ids.flatMap((id) => (id === null ? [] : [id]));
    for (const [id, envelope] of await stepKeys.byId(named)) keys.set(id, envelope);
  };

  const putItem = (site: string, n: number, kind: string, item: object, name: string): Promise<unknown> =>
    client.query({
      name: 'stream.item',
      text: 'insert into kernel.stream_item (org, site, n, kind, item, name) values ($1, $2, $3, $4, $5, $6)',
      values: [org, site, n, kind, JSON.stringify(item), name],
    });

  return {
    sites,
    keys,
    append: async (rows) => {
      const toWrite: Parameters<Writes['facts']>[0][number][] = [];
      for (const { frame, fact, hash, sites: onto, unread } of rows) {
        const home = await streamOf(fact.site);
        const n = ++home.head;
        home.items.push({ n, frame });
        const { id, log, seq, station, type, v, at, hlc, by, session, site } = fact;
        const elsewhere: { site: string; n: number; item: object; name: string }[] = [];
        for (const other of onto) {
          if (other === site) continue;
          const to = await streamOf(other);
          to.head++;
          to.items.push({ n: to.head, frame });
          elsewhere.push({ site: other, n: to.head, item: { site, n }, name: `${site}/${n}` });
        }
        toWrite.push({
          fact: { site, n, log, seq, id, hash, station, type, v, at, hlc, by_user: by, session, ...frame, unread },
          about: [...new Set(fact.about)].map((ref) => ({ ref, site, n })),
          elsewhere,
        });
      }
      writes.facts(toWrite);
      await nameKeys(rows.map(({ frame }) => frame.k));
    },
    again: async ({ frame, hash, fact: { id } }) => {
      const { rows: filled } = await client.query<{ site: string; n: number }>(
        'select site, n from kernel.body_came($1, $2, $3, $4)',
        [id, hash, frame.k, frame.b],
      );
      const [home] = filled as [{ site: string; n: number }];
      const name = `${home.site}/${home.n}`;
      const { rows: others } = await client.query<{ site: string }>(
        `select s.site from kernel.site s where s.org = $1 and s.site <> $2
           and exists (select from kernel.stream_item i where i.org = $1 and i.site = s.site and i.kind = 'fact' and i.name = $3)`,
        [org, home.site, name],
      );
      for (const site of [home.site, ...others.map((other) => other.site)]) {
        const to = await streamOf(site);
        to.head++;
        to.items.push({ n: to.head, frame });
        await putItem(site, to.head, 'fact', home, name);
      }
      await nameKeys([frame.k]);
    },
    bring: async (ref, site) => {
      const to = await streamOf(site);
      const { rows } = await client.query<FrameRow & { site: string; n: number }>(
        `select f.site, f.n, f.h, f.s, f.k, f.b from kernel.fact_about a join kernel.fact f using (org, site, n)
         where a.org = $1 and a.ref = $2 and a.site <> $3
           and not exists (select from kernel.stream_item i where i.org = $1 and i.site = $3 and i.kind = 'fact' and i.name = f.site || '/' || f.n)
         order by f.received_at, f.site, f.n`,
        [org, ref, site],
      );
      if (rows.length === 0) return;
      const items = rows.map((row) => {
        to.head++;
        to.items.push({ n: to.head, frame: frameOf(row) });
        return { n: to.head, item: { site: row.site, n: row.n }, name: `${row.site}/${row.n}` };
      });
      await client.query(
        `insert into kernel.stream_item (org, site, n, kind, item, name)
         select $1, $2, n, 'fact', item, name from json_to_recordset($3::json) as r (n bigint, item jsonb, name text)`,
        [org, site, JSON.stringify(items)],
      );
      await nameKeys(rows.map((row) => row.k));
    },
    putRecord: async (site, record) => {
      const to = await streamOf(site);
      to.head++;
      to.items.push({ n: to.head, record });
      await putItem(site, to.head, 'record', record, `${record.kind}/${record.id}`);
    },
    putMarker: async (site, log, seq, reason) => {
      const name = `${log}/${seq}`;
      const { rowCount } = await client.query(
        `select from kernel.stream_item where org = $1 and site = $2 and kind = 'marker' and name = $3`,
        [org, site, name],
      );
      if (rowCount) return;
      const to = await streamOf(site);
      to.head++;
      const marker = { log, seq, reason };
      to.items.push({ n: to.head, marker });
      await putItem(site, to.head, 'marker', marker, name);
    },
    settle: () => {
      for (const [site, { items, head }] of sites) {
        if (items.length === 0) continue;
        writes.head(site, head);
        memory.streams.set(site, head);
      }
    },
  };
}
