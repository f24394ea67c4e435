import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { Secret } from '../parts/secret.tsx';

const EnrolmentCodeOutSchema = z.object({ code: z.string(), expiresAt: z.int() });

/** A one-time code for one workstation of a site, and what to do with it there. */
export function EnrolmentCode({ site }: { readonly site: string }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const deed = useDeed();
  const [made, setMade] = useState<z.output<typeof EnrolmentCodeOutSchema> | null>(null);
  const objection = may(IDENTITY_ACTIONS['devices.code'], { site });
  if (objection !== null) return <p className="muted">{objection}</p>;
  return (
    <div className="stack">
      {made ? (
        <Secret label="Enrolment code" value={made.code}>
          <p>
            For one workstation, until {when(made.expiresAt, now(), zone)}. It is shown this once. At the workstation:
          </p>
          <pre className="command-shown">{`npm start -- --console-only --center ${window.location.origin} --enrol ${made.code}`}</pre>
          <p className="muted">
            With <span className="mono">--lan-host ADDRESS</span> the others of the room reach it there.
          </p>
        </Secret>
      ) : null}
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
              return 'A code for one workstation is made';
            },
          )
        }
      />
    </div>
  );
}
