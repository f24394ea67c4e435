/**
 * What is held of the records that are to be put: read once for all who put in one step, and kept up to date as each of them
 * is decided, so that whoever comes later in the step is judged by what those before them did.
 */
import { ON_INCIDENT } from '#domain/cad/status.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking as Client } from '../../kernel/db/flight.ts';
import { columnsOf } from '../../kernel/entities/columns.ts';
import { ONE_BY_ONE } from '../../kernel/intake/pg/one-by-one.ts';

/** A record as it is held: its body null where it is archived. */
export interface Held extends RecordVersion {
  readonly site: string;
}

interface Named {
  readonly kind: string;
  readonly id: string;
  readonly body: RecordVersion['body'];
}

export interface Desk {
  readonly held: (kind: string, id: string) => Held | null;
  /** Whether a unit of the site, none of these, has the callsign. */
  readonly isTaken: (site: string, callsign: string, butBy: ReadonlySet<string>) => boolean;
  /** Whether a unit that is to be archived is on an incident. */
  readonly isOut: (unit: string) => boolean;
  readonly put: (site: string, record: RecordVersion) => void;
}

interface Row {
  readonly id: string;
  readonly site: string;
  readonly version: number;
  readonly body: RecordVersion['body'];
  readonly archived: boolean;
}

/** Looks up what these may meet, in one flight. Kinds that are not declared are held nowhere. */
export async function openDesk(client: Client, puts: readonly Named[]): Promise<Desk> {
  const records = new Map<string, Held>();
  const callsigns = new Map<string, { readonly site: string; readonly callsign: string | null }>();

  const readKind = async (kind: string, ids: readonly string[]): Promise<void> => {
    const columns = columnsOf(kind);
    if (columns?.entity.source !== 'record') return;
    const { rows } = await client.query<Row>({
      name: `desk.${kind}`,
      text: `select h.* from unnest($1::text[]) as r (id) cross join lateral (
          select id, site, version, body, archived from ${columns.table} where id = r.id ${ONE_BY_ONE}) h`,
      values: [ids],
    });
    for (const { id, site, version, body, archived } of rows) {
      records.set(`${kind}/${id}`, { kind, id, site, version, body: archived ? null : body });
    }
  };
  const readCallsigns = async (wanted: readonly string[]): Promise<void> => {
    if (wanted.length === 0) return;
    const { rows } = await client.query<{ id: string; site: string; callsign: string }>({
      name: 'desk.callsigns',
      text: `select id, site, body ->> 'callsign' as callsign from cad.roster_unit
        where not archived and body ->> 'callsign' = any ($1::text[])`,
      values: [wanted],
    });
    for (const { id, site, callsign } of rows) callsigns.set(id, { site, callsign });
  };

  const out = new Set<string>();
  const readOut = async (units: readonly string[]): Promise<void> => {
    if (units.length === 0) return;
    const { rows } = await client.query<{ unit: string }>({
      name: 'desk.out',
      text: `select distinct unit from cad.assignment where unit = any ($1::text[]) and status = any ($2::text[])`,
      values: [units, ON_INCIDENT],
    });
    for (const { unit } of rows) out.add(unit);
  };

  const kinds = Map.groupBy(puts, ({ kind }) => kind);
  await Promise.all([
    ...[...kinds].map(([kind, of]) => readKind(kind, [...new Set(of.map(({ id }) => id))])),
    readCallsigns((kinds.get('roster_unit') ?? []).flatMap(({ body }) => callsignOf(body) ?? [])),
    readOut((kinds.get('roster_unit') ?? []).flatMap(({ id, body }) => (body === null ? [id] : []))),
  ]);
  return {
    held: (kind, id) => records.get(`${kind}/${id}`) ?? null,
    isTaken: (site, callsign, butBy) => {
      for (const [id, of] of callsigns) {
        if (of.site === site && of.callsign === callsign && !butBy.has(id)) return true;
      }
      return false;
    },
    isOut: (unit) => out.has(unit),
    put: (site, record) => {
      records.set(`${record.kind}/${record.id}`, { ...record, site });
      if (record.kind === 'roster_unit') callsigns.set(record.id, { site, callsign: callsignOf(record.body) });
    },
  };
}

function callsignOf(body: RecordVersion['body']): string | null {
  return body === null ? null : String((body as { readonly callsign?: unknown }).callsign);
}
