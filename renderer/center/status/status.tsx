import type { ReactNode } from 'react';
import { StatusOutSchema } from '#domain/identity/api/status.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { clockTime, elapsed, when } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State, type Tone } from '../parts/rows.tsx';

const LOOK_AGAIN_MS = 5_000;

/** From where on a figure wants somebody to look. */
const SLOW_DATABASE_MS = 250;
const LATE_SEAL_MS = 10_000;
const LATE_HANDOFF_MS = 5 * 60_000;

const tone = (good: boolean): Tone => (good ? 'good' : 'amber');

/** The center as it stands, asked anew every few seconds. */
export function Status(): ReactNode {
  const { value, problem } = useAnswer(StatusOutSchema, '/v1/status', { every: LOOK_AGAIN_MS });
  const now = useNow();
  const zone = useZone();
  return (
    <Panel title="The center" className="screen-panel">
      {problem ? <Refused problem={problem} /> : null}
      {value ? (
        <div className="detail status" tabIndex={0} data-panel-focus="">
          <Known
            rows={[
              ['Up since', `${when(value.startedAt, now, zone)}, for ${elapsed(now - value.startedAt)}`],
              [
                'Database',
                <State key="db" tone={tone(value.databaseMs < SLOW_DATABASE_MS)}>
                  answers in {value.databaseMs < 10 ? value.databaseMs.toFixed(1) : Math.round(value.databaseMs)} ms
                </State>,
              ],
              [
                'Audit',
                <State key="audit" tone={tone(value.auditUnsealedMs < LATE_SEAL_MS)}>
                  sealed to position {value.auditSealedTo}
                  {value.auditUnsealedMs === 0 ? '' : `; the oldest unsealed is ${elapsed(value.auditUnsealedMs)} old`}
                </State>,
              ],
              [
                'Hand-offs',
                <State key="handoff" tone={tone(value.handoffOldestMs < LATE_HANDOFF_MS)}>
                  {value.handoffDue === 0
                    ? 'none due'
                    : `${value.handoffDue} due, the oldest for ${elapsed(value.handoffOldestMs)}`}
                </State>,
              ],
              [
                'Security events',
                <State key="events" tone={tone(value.securityOpen === 0)}>
                  {value.securityOpen === 0 ? 'none open' : <a href="#/events">{value.securityOpen} open</a>}
                </State>,
              ],
              ['Workstations', `${value.workstations} enrolled`],
              ['Asked', clockTime(value.at, zone)],
            ]}
          />
        </div>
      ) : null}
    </Panel>
  );
}
