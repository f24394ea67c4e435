/** Putting what was derived where whoever is to see it finds it. */
import { type Json, sameValue } from '#domain/kernel/json.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking } from '../../../kernel/db/flight.ts';
import type { IntakeTransaction } from '../../../kernel/intake/port.ts';

export type Put = (kind: string, id: string, body: object | null) => Promise<void>;

/**
 * Puts a record where it differs from what is held, on the stream of every site that holds the incident; one that came to hold
 * it since is shown what there is.
 */
export function putting(tx: IntakeTransaction, asking: Asking, home: string, sites: readonly string[]): Put {
  const others = sites.filter((site) => site !== home);
  return async (kind, id, body) => {
    const held = await tx.record(kind, id);
    if (sameValue((held?.body ?? null) as Json, body as Json)) {
      if (held?.body) for (const site of await withoutIt(asking, tx.org, held, others)) await tx.showRecord(site, held);
      return;
    }
    const record: RecordVersion = {
      kind,
      id,
      version: (held?.version ?? 0) + 1,
      body: body as RecordVersion['body'],
    };
    await tx.putRecord(home, record);
    for (const site of others) await tx.showRecord(site, record);
  };
}

async function withoutIt(
  asking: Asking,
  org: string,
  { kind, id, version }: RecordVersion,
  sites: readonly string[],
): Promise<readonly string[]> {
  if (sites.length === 0) return sites;
  const { rows } = await asking.query<{ site: string }>({
    name: 'handoff.without',
    text: `select s.site from unnest($2::text[]) as s (site) where not exists (
        select from kernel.stream_item i where i.org = $1 and i.site = s.site and i.kind = 'record' and i.name = $3
          and (i.item ->> 'version')::int = $4)`,
    values: [org, [...sites], `${kind}/${id}`, version],
  });
  return rows.map(({ site }) => site);
}
