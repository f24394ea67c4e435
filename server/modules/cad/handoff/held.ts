/** What is held of a run's records when they are derived again. */
import { HANDOFF_SCHEMAS, type Journey } from '#domain/cad/handoff.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking } from '../../../kernel/db/flight.ts';
import type { IntakeTransaction } from '../../../kernel/intake/port.ts';
import { derivedId, type Held, type HeldOfPatient, type Named, type RunRecord, type Trip } from './derive.ts';

interface Kinds {
  readonly run: RunRecord;
  readonly chart: NonNullable<HeldOfPatient['chart']>;
  readonly trip: Trip;
}

/** `several`: the journey of each patient of a run that may have, or have had, more than one; undefined for any other. */
export async function heldOf(
  tx: IntakeTransaction,
  asking: Asking,
  assignment: EntityRef,
  several: readonly Journey[] | null | undefined,
): Promise<{ readonly held: Held; readonly authors: Named['authors'] }> {
  const run = read('run', await tx.record('run', derivedId(assignment, 'run')));
  const patients: HeldOfPatient[] = [];
  const authors: (string | null)[] = [];
  for (let patient = 1; ; patient++) {
    const id = derivedId(assignment, 'chart', patient);
    const [chart, trip] = [
      await tx.record('chart', id),
      await tx.record('trip', derivedId(assignment, 'trip', patient)),
    ];
    const isAny = chart !== null || trip !== null;
    if (patient > 1 && patient > (several?.length ?? 0) && !isAny) break;
    const open = read('chart', chart);
    patients.push({ chart: open, trip: read('trip', trip) });
    authors.push(open ? open.author : await lastAuthor(asking, tx.org, id));
    if (several === undefined) break;
  }
  return { held: { run, patients }, authors };
}

/** Whose a chart was that is archived: one that was taken back by mistake is theirs again. */
async function lastAuthor(asking: Asking, org: string, chart: string): Promise<string | null> {
  const { rows } = await asking.query<{ author: string | null }>({
    name: 'handoff.author',
    text: 'select author from epcr.chart where org = $1 and id = $2',
    values: [org, chart],
  });
  return rows[0]?.author ?? null;
}

function read<K extends keyof Kinds>(kind: K, record: RecordVersion | null): Kinds[K] | null {
  const parsed = HANDOFF_SCHEMAS[kind].safeParse(record?.body);
  return parsed.success ? (parsed.data as Kinds[K]) : null;
}
