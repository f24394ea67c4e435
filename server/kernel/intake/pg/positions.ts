/** How far logs are held, as rows. */

import type { Asking } from '../../db/flight.ts';
import { emptyPosition } from '../place.ts';
import type { LogPosition, Range } from '../port.ts';
import { ONE_BY_ONE } from './one-by-one.ts';

interface PositionRow {
  readonly log: string;
  readonly seq: number;
  readonly hash: string | null;
  readonly station: string;
  readonly site: string;
  readonly gap_to: number;
  readonly holes: readonly (number | string)[];
}

const COLUMNS = 'log, seq, hash, station, site, gap_to, holes';

function positionOf(row: PositionRow): LogPosition {
  const holes: Range[] = [];
  for (let i = 0; i + 1 < row.holes.length; i += 2) holes.push([Number(row.holes[i]), Number(row.holes[i + 1])]);
  return { log: row.log, seq: row.seq, hash: row.hash, station: row.station, site: row.site, gapTo: row.gap_to, holes };
}

/** One for every log asked for. */
export async function positionsOf(
  client: Asking,
  org: string,
  logs: readonly string[],
): Promise<Map<string, LogPosition>> {
  const { rows } = await client.query<PositionRow>({
    name: 'log.get',
    text: `select ${COLUMNS} from unnest($2::text[]) as r (name)
      cross join lateral (select ${COLUMNS} from kernel.log_head where org = $1 and log = r.name ${ONE_BY_ONE}) l`,
    values: [org, logs],
  });
  const found = new Map(rows.map((row) => [row.log, positionOf(row)]));
  return new Map(logs.map((log) => [log, found.get(log) ?? emptyPosition(log)]));
}

export async function positionsOfSite(client: Asking, org: string, site: string): Promise<readonly LogPosition[]> {
  const { rows } = await client.query<PositionRow>({
    name: 'log.heads',
    text: `select ${COLUMNS} from kernel.log_head where org = $1 and site = $2 order by log `,
    values: [org, site],
  });
  return rows.map(positionOf);
}
