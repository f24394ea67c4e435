import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { EnrolmentCodeOutSchema } from '#domain/identity/api/devices.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { State } from '../parts/rows.tsx';
import { Secret } from '../parts/secret.tsx';
import { Approve } from './approve.tsx';
import { useDevices } from './devices-known.ts';

/** A one-time code for one workstation of a site, what to do with it there, and letting in the one that used it. */
export function EnrolmentCode({ site }: { readonly site: string }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const deed = useDeed();
  const devices = useDevices();
  const [made, setMade] = useState<z.output<typeof EnrolmentCodeOutSchema> | null>(null);
  const [station, setStation] = useState<string | null>(null);
  const objection = may(IDENTITY_ACTIONS['devices.code'], { site });
  if (objection !== null) return <p className="muted">{objection}</p>;
  const asks = devices?.find((row) => row.kind === 'waiting' && row.of.code === made?.id);
  const enrolled = devices?.find((row) => row.id === station);
  return (
    <div className="stack">
      {made && !asks && !enrolled ? <CodeShown made={made} /> : null}
      {asks?.kind === 'waiting' ? (
        <div className="strip strip-amber stack" role="status" aria-label="A workstation asks">
          <p>
            <b>{asks.of.name} asks to be let in.</b>
          </p>
          <Approve key={asks.id} of={asks.of} onApproved={setStation} />
        </div>
      ) : null}
      {enrolled ? (
        <p className="strip strip-good" role="status" aria-label="Enrolled">
          <State tone="good">{enrolled.of.name} is enrolled and starts by itself.</State>
        </p>
      ) : null}
      {asks ? null : (
        <Form
          label="A code for a workstation"
          deed={deed}
          submit={made ? 'Make another code' : 'Make a code for one workstation'}
          onSubmit={() =>
            deed.run(
              () =>
                center.ask({
                  path: `/v1/sites/${encodeURIComponent(site)}/enrolment-codes`,
                  body: {},
                  answer: EnrolmentCodeOutSchema,
                }),
              (value) => {
                setMade(value);
                setStation(null);
                return 'A code for one workstation is made';
              },
            )
          }
        />
      )}
    </div>
  );
}

function CodeShown({ made }: { readonly made: z.output<typeof EnrolmentCodeOutSchema> }): ReactNode {
  const zone = useZone();
  return (
    <Secret label="Enrolment code" value={made.code}>
      <p>For one workstation, until {when(made.expiresAt, now(), zone)}. It is shown this once. At the workstation:</p>
      <pre className="command-shown">{`npm start -- --console-only --center ${window.location.origin} --enrol ${made.code}`}</pre>
      <p className="muted">
        With <span className="mono">--lan-host ADDRESS</span> the others of the room reach it there. As soon as it has
        used the code it asks here to be let in.
      </p>
    </Secret>
  );
}
