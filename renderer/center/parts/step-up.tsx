/** Asked in place where a sensitive action needs to know anew who asks: the strongest that the person has. Then the action goes on by itself. */
import { startAuthentication } from '@simplewebauthn/browser';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { StepUpOptionsOutSchema, StepUpOutSchema } from '#domain/identity/api/mfa.ts';
import type { Problem } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { asOptions, passkeyRefused } from '../security/passkeys.ts';
import { focusFirst } from './focus.ts';
import { Refused } from './refused.tsx';

type Options = z.output<typeof StepUpOptionsOutSchema>;

export function StepUp({
  waiting,
}: {
  readonly waiting: { readonly proven: () => void; readonly leave: () => void };
}): ReactNode {
  const center = useCenter();
  const [options, setOptions] = useState<Options | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void center
      .ask({ path: '/v1/me/step-up/options', body: {}, answer: StepUpOptionsOutSchema })
      .then((answer) => (answer.ok ? setOptions(answer.value) : setProblem(answer.problem)));
  }, [center]);
  useEffect(() => {
    if (options) focusFirst(box.current);
  }, [options]);
  const byPassword = options?.methods.includes('password') ?? false;
  const byCode = options?.methods.some((method) => method === 'totp' || method === 'recovery') ?? false;
  const prove = async (body: object): Promise<void> => {
    setBusy(true);
    const answer = await center.ask({ path: '/v1/me/step-up', body, answer: StepUpOutSchema });
    setBusy(false);
    setTyped('');
    if (answer.ok) return waiting.proven();
    setProblem(answer.problem);
    focusFirst(box.current);
  };
  const byPasskey = (): void => {
    if (!options?.passkey) return;
    startAuthentication({ optionsJSON: asOptions(options.passkey) }).then(
      (passkey) => prove({ passkey }),
      (failure: unknown) => setProblem(passkeyRefused(failure)),
    );
  };
  const name = byPassword ? 'Your password' : 'Your code';
  return (
    <div ref={box} role="group" aria-label="Confirm who you are" className="strip strip-amber step-up">
      <p>
        <b>This is sensitive: confirm who you are.</b> Then it is done by itself.
      </p>
      {byPassword || byCode ? (
        <form
          className="step-up-line"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && typed !== '') void prove(byPassword ? { password: typed } : { code: typed });
          }}
        >
          <input
            aria-label={name}
            placeholder={byPassword ? 'your password' : 'six digits, or a recovery code'}
            type={byPassword ? 'password' : 'text'}
            autoComplete={byPassword ? 'current-password' : 'one-time-code'}
            className="field"
            data-panel-focus=""
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" className="choice first" aria-disabled={busy}>
            {busy ? 'One moment…' : 'Confirm'}
          </button>
        </form>
      ) : null}
      {problem ? <Refused problem={problem} /> : null}
      <p className="form-buttons">
        {options?.passkey ? (
          <button type="button" className="choice first" onClick={byPasskey}>
            Use a passkey
          </button>
        ) : null}
        <button type="button" className="choice" onClick={waiting.leave}>
          Leave it
        </button>
      </p>
    </div>
  );
}
