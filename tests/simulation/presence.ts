/** Who edits what is seen by everybody while it is so, and by nobody afterwards. */
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
import type { StationNode } from './station-node.ts';
import type { VirtualTime } from './virtual-time.ts';

const ARRIVES_WITHIN = 3_000;

/** Once all reach the center again and nobody has edited for a while; each difference is one sentence. */
export async function editingSeen(stations: readonly StationNode[], time: VirtualTime): Promise<readonly string[]> {
  const wrong: string[] = [];
  const look = async (incident: string | null): Promise<void> => {
    for (const station of stations)
      station.call('presence.editing', { incident: incident && `${incident}-${station.name}`, field: 'location' });
    await time.runUntil(time.now() + ARRIVES_WITHIN);
    for (const station of stations) {
      const shown = Object.values(station.presence().editing ?? {}) as unknown as readonly Json[];
      const seen = shown.map((one) => (one as { readonly incident: string }).incident).sort();
      const wanted = incident === null ? [] : stations.map(({ name }) => `${incident}-${name}`).sort();
      if (canonicalJson(seen) !== canonicalJson(wanted))
        wrong.push(
          `${station.name} shows editing of ${seen.join(', ') || 'nothing'}, not of ${wanted.join(', ') || 'nothing'}`,
        );
    }
  };
  for (const station of stations) {
    const own = `${station.id()}:`;
    const others = Object.keys(station.presence().editing ?? {}).filter((key) => !key.startsWith(own));
    if (others.length > 0) wrong.push(`${station.name} still shows editing at ${others.join(', ')}`);
  }
  await look('edited');
  await look(null);
  return wrong;
}
