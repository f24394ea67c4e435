import { type ReactNode, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { type AuditVerification, AuditVerificationSchema, verifiedSoFar } from '#domain/identity/api/audit.ts';
import type { Center } from '../api/center.ts';
import { useDeed } from '../api/deed.ts';
import type { Answer } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { State } from '../parts/rows.tsx';
import { checkpointsSaid } from './said.ts';

/** The whole chain, stretch by stretch; `onRead` hears of each but the last. */
async function wholeChain(
  center: Center,
  onRead: (soFar: AuditVerification) => void,
): Promise<Answer<AuditVerification>> {
  for (let soFar: AuditVerification | null = null; ; ) {
    const place = new URLSearchParams(soFar?.next ? { after: soFar.next } : {});
    const answer: Answer<AuditVerification> = await center.ask({
      path: `/v1/audit/verification?${place.toString()}`,
      answer: AuditVerificationSchema,
    });
    if (!answer.ok) return answer;
    soFar = verifiedSoFar(soFar, answer.value);
    if (soFar.next === null) return { ok: true, value: soFar };
    onRead(soFar);
  }
}

/** Recomputes every seal, and says where the first does not hold. */
export function Verify(): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const may = useMay();
  const [said, setSaid] = useState<AuditVerification | null>(null);
  const [reading, setReading] = useState<AuditVerification | null>(null);
  const objection = may(IDENTITY_ACTIONS['audit.verify']);
  if (objection !== null) return <p className="muted">{objection}</p>;
  return (
    <>
      <Form
        label="Verify the audit"
        deed={deed}
        submit="Verify every seal"
        onSubmit={() =>
          deed.run(
            () => wholeChain(center, setReading).finally(() => setReading(null)),
            (value) => {
              setSaid(value);
              return value.brokenAt === null
                ? `The audit holds: ${value.entries} entries under ${value.sealed} seals`
                : `The audit does not hold at position ${value.brokenAt}`;
            },
          )
        }
      />
      {reading === null ? null : (
        <p role="status" aria-label="Verifying" className="muted">
          Read to position {reading.sealed} of {reading.of}
          {reading.brokenAt === null ? '' : `; it does not hold at position ${reading.brokenAt}`}.
        </p>
      )}
      {said === null ? null : (
        <div
          role="status"
          aria-label="Verification"
          className={`strip ${said.brokenAt === null ? 'strip-good' : 'strip-bad'}`}
        >
          <p>
            <State tone={said.brokenAt === null ? 'good' : 'bad'}>
              {said.brokenAt === null ? 'It holds.' : `It does not hold at position ${said.brokenAt}.`}
            </State>{' '}
            {said.entries} entries under {said.sealed} seals. {checkpointsSaid(said.checkpoints)}
          </p>
          {said.why === null ? null : <p>{said.why}</p>}
          <ul className="reasons">
            {said.breaks.map((one) => (
              <li key={`${one.position} ${one.why}`}>
                Position {one.position}: {one.why}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
