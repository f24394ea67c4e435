/**
 * The site's own records in a run: an administrator changes natures at a console, in an outage too, and the center decides by the
 * shipped decision over its log in memory.
 */
import type { CallInput } from '../../domain/bridge/calls.ts';
import type { Circumstances } from '../../domain/kernel/authorise.ts';
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import { REQUEST_INPUTS, type RequestIn, type RequestOut } from '../../domain/wire/sync.ts';
import type { MemoryLog } from '../../server/kernel/intake/testing/memory.ts';
import type { Asking } from '../../server/modules/requests/asking.ts';
import type { Desk, Held } from '../../server/modules/requests/desk.ts';
import { judgePuts } from '../../server/modules/requests/records.ts';
import type { Chance } from './chance.ts';
import type { Deed } from './people.ts';
import { isDamaged } from './power.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { StationNode } from './station-node.ts';

const USUAL: Circumstances = { state: 'ACTIVE', off: new Map(), restrictions: new Map() };

/** A nature is worded anew, made or archived, by what this console knows of it; null where it lies on a damaged page. */
export function rosterDeed(station: StationNode, chance: Chance): Deed | null {
  const known = naturesAt(station);
  if (!known) return null;
  const text = `Nature ${chance.below(1_000)}`;
  const made = (): CallInput<'roster.put'>['records'][number] => ({
    ...{ kind: 'nature', version: 0, body: { code: `N${chance.below(1_000)}`, text, priority: '2' } },
  });
  const changed = ({ kind, id, version, body }: RecordVersion): CallInput<'roster.put'>['records'][number] => ({
    ...{ kind, id, version, body: known.length > 6 && chance.happens(0.5) ? null : { ...body, text } },
  });
  const some = known.length > 0 && chance.happens(0.7) ? changed(chance.pick(known)) : made();
  return { name: 'roster.put', input: { records: chance.happens(0.2) ? [some, made()] : [some] } };
}

function naturesAt(station: StationNode): readonly RecordVersion[] | null {
  try {
    return station.store().records('nature');
  } catch (error) {
    if (isDamaged(error)) return null;
    throw error;
  }
}

/** Decides a request that puts records, and puts them: one step of the log. Null for one of another kind. */
export async function putAtCenter(
  log: MemoryLog,
  site: Site,
  station: string,
  input: RequestIn,
  now: number,
): Promise<RequestOut | null> {
  if (input.kind !== 'record.put_many') return null;
  const { records: puts } = REQUEST_INPUTS['record.put_many'].parse(input.input);
  const { user, roles } = site.me(input.by?.replace('user-', '') ?? '');
  const asking: Asking = {
    ...{ org: ORG, site: SITE, station, session: input.session, ended: null },
    person: { user, roles, site: SITE, agency: null, provenAt: now, secondFactor: 'given' },
  };
  return log.intake(ORG, async (tx) => {
    const held = new Map<string, Held>();
    for (const { kind, id } of puts) {
      const record = await tx.record(kind, id);
      if (record) held.set(`${kind}/${id}`, { ...record, site: SITE });
    }
    const desk: Desk = {
      held: (kind, id) => held.get(`${kind}/${id}`) ?? null,
      isTaken: () => false,
      isOut: () => false,
      put: (of, record) => void held.set(`${record.kind}/${record.id}`, { ...record, site: of }),
    };
    const { decided, next } = judgePuts(desk, asking, puts, USUAL, now);
    for (const record of next) await tx.putRecord(SITE, record);
    return { id: input.id, ...decided, result: decided.result as RequestOut['result'] };
  });
}

/** What the center has of the site's records stands at every station, word for word. */
export function recordsDiffer(log: MemoryLog, stations: readonly StationNode[]): readonly string[] {
  const records = [...(log.snapshot().get(ORG)?.records.values() ?? [])].filter(({ site }) => site === SITE);
  const textOf = (record: RecordVersion | undefined): string =>
    record ? canonicalJson({ version: record.version, body: record.body } as Json) : 'nothing';
  return stations.flatMap((station) =>
    records.flatMap(({ record }) => {
      const here = textOf(station.store().record(record.kind, record.id));
      return here === textOf(record)
        ? []
        : [`${station.name} has ${record.kind} ${record.id} as ${here}, the center as ${textOf(record)}`];
    }),
  );
}
