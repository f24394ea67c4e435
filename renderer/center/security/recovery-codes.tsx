import { type ReactNode, useEffect, useRef, useState } from 'react';
import { RecoveryCodesOutSchema } from '#domain/identity/api/mfa.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useCenter } from '../api/use-center.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { State } from '../parts/rows.tsx';

/** Recovery codes, the one time that they are shown. */
export function CodesShown({ codes }: { readonly codes: readonly string[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  // What is shown this once is what comes next: not a button under it that takes away what was just set up.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} className="strip strip-amber" role="status" aria-label="Recovery codes">
      <p>
        <b>Write these down, or print them, and keep them where the telephone is not.</b> Each is good once, when the
        app or the passkey is not there. They are shown this once.
      </p>
      <ol className="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
    </div>
  );
}

export function RecoveryCodes({
  codes,
  any,
}: {
  readonly codes: { readonly left: number; readonly madeAt: number } | null;
  /** Whether there is any factor that they stand in for. */
  readonly any: boolean;
}): ReactNode {
  const center = useCenter();
  const zone = useZone();
  const [shown, setShown] = useState<readonly string[] | null>(null);
  return (
    <section className="factor" aria-label="Recovery codes">
      <h3>
        Recovery codes{' '}
        {codes === null ? (
          <State tone="muted">none</State>
        ) : (
          <State tone={codes.left > 3 ? 'good' : 'amber'}>
            {codes.left} left, made {when(codes.madeAt, now(), zone)}
          </State>
        )}
      </h3>
      {shown ? <CodesShown codes={shown} /> : null}
      {any ? (
        <Deliberate
          title="Make new recovery codes"
          means="The codes you have are void then."
          danger={false}
          done="New recovery codes are made"
          act={async (reason) => {
            const answer = await center.ask({
              path: '/v1/me/recovery-codes',
              body: {},
              reason,
              answer: RecoveryCodesOutSchema,
            });
            if (answer.ok) setShown(answer.value.recoveryCodes);
            return answer;
          }}
        />
      ) : (
        <p className="muted">They come with the first second factor.</p>
      )}
    </section>
  );
}
