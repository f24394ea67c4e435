/** What a center does unasked: it seals its audit, keeps the days, folds what another build left and looks for attacks. */
import type { Logger } from 'pino';
import type { Checkpoints } from '../kernel/audit/checkpoints.ts';
import { auditRetention } from '../kernel/audit/retention.ts';
import { type Sealer, type SealMemory, startSealer } from '../kernel/audit/sealer.ts';
import type { Closing } from '../kernel/closing.ts';
import { startFoldingUnread } from '../kernel/intake/after-update.ts';
import { startDaily } from '../kernel/organisation/daily.ts';
import type { CenterPart } from '../kernel/part.ts';
import { startDetectors } from '../kernel/security/detectors.ts';
import { NOWHERE_KNOWN } from '../kernel/security/places.ts';
import type { Metrics } from '../kernel/telemetry/metrics.ts';
import type { TimeWatch } from '../kernel/time/leap.ts';
import type { Ground } from './ground.ts';
import type { CenterOptions } from './options.ts';

export interface ChoresPorts extends Ground {
  readonly seals: SealMemory;
  readonly checkpoints: Checkpoints;
  readonly parts: readonly CenterPart[];
  readonly time: Pick<TimeWatch, 'objection'>;
  readonly metrics: Pick<Metrics, 'sealed' | 'securityEvent'>;
  readonly logger: Logger;
}

export function startChores(
  { sealEveryMs, placeOf = NOWHERE_KNOWN }: Pick<CenterOptions, 'sealEveryMs' | 'placeOf'>,
  { db, keys, log, clock, random, seals, checkpoints, parts, time, metrics, logger }: ChoresPorts,
  closing: Closing,
): Sealer {
  const sealer = startSealer({
    ...{ db, keys, memory: seals, checkpoints, logger, onSealed: metrics.sealed },
    ...(sealEveryMs === undefined ? {} : { everyMs: sealEveryMs }),
  });
  const chores = [auditRetention(db, keys), ...parts.flatMap(({ daily = [] }) => daily)];
  closing.push(sealer.stop, startDaily(db, chores, logger, time.objection), startFoldingUnread(db, log, logger));
  closing.push(startDetectors({ db, clock, random, logger, placeOf, eventRaised: metrics.securityEvent }));
  return sealer;
}
