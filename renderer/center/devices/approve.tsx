import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { ApprovedOutSchema, type WaitingOut } from '#domain/identity/api/devices.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { Known } from '../parts/rows.tsx';

const NothingSchema = z.looseObject({});

/**
 * A workstation that asks to be let in. What it shows is typed here, not compared by eye: so the one who approves has read it
 * from the right screen.
 */
export function Approve({
  of,
  onApproved,
}: {
  readonly of: WaitingOut;
  readonly onApproved?: (station: string) => void;
}): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const deed = useDeed();
  const [compare, setCompare] = useState('');
  const path = `/v1/enrolments/${encodeURIComponent(of.id)}`;
  const objection = may(IDENTITY_ACTIONS['devices.approve'], { site: of.site });
  return (
    <div className="stack">
      <Known
        rows={[
          [
            'Asks from',
            <span key="from" className="mono">
              {of.askedFrom}
            </span>,
          ],
          ['Since', when(of.askedAt, now(), zone)],
          ['Waits until', when(of.expiresAt, now(), zone)],
        ]}
      />
      {objection === null ? (
        <>
          <Form
            label={`Let ${of.name} in`}
            deed={deed}
            submit={`Let ${of.name} in`}
            onSubmit={() =>
              deed.run(
                () =>
                  center.ask({ path: `${path}/approve`, body: { compare: compare.trim() }, answer: ApprovedOutSchema }),
                ({ station }) => {
                  onApproved?.(station);
                  return `${of.name} is enrolled`;
                },
              )
            }
          >
            <TextField
              name="compare"
              label="It shows"
              value={compare}
              onChange={setCompare}
              focus
              placeholder="KX4-72Q"
              hint={`Six letters and digits on the screen of ${of.name}. If you cannot see it, have them read out to you.`}
            />
          </Form>
          <Deliberate
            title="Do not let it in"
            means={<>{of.name} is told no. The code that it used is spent; another one can be made.</>}
            done={`${of.name} was not let in`}
            act={(reason) => center.ask({ path: `${path}/refuse`, body: {}, reason, answer: NothingSchema })}
          />
        </>
      ) : (
        <p className="muted">{objection}</p>
      )}
    </div>
  );
}
