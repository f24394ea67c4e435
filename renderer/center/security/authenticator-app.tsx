import { type ReactNode, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { FactorAddedOutSchema, TotpBeginOutSchema } from '#domain/identity/api/mfa.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { State } from '../parts/rows.tsx';
import { lookWho } from '../sign-in/session.ts';
import { CodesShown } from './recovery-codes.tsx';

const NothingSchema = z.looseObject({});
type Begun = z.output<typeof TotpBeginOutSchema>;

/** The authenticator app: set up by a QR code or typed secret, confirmed by a code of it. */
export function AuthenticatorApp({ since }: { readonly since: number | null }): ReactNode {
  const center = useCenter();
  const zone = useZone();
  const deed = useDeed();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const section = useRef<HTMLElement>(null);
  return (
    <section ref={section} tabIndex={-1} className="factor" aria-label="Authenticator app">
      <h3>
        Authenticator app{' '}
        {since === null ? (
          <State tone="muted">none</State>
        ) : (
          <State tone="good">since {when(since, now(), zone)}</State>
        )}
      </h3>
      {codes ? <CodesShown codes={codes} /> : null}
      {since !== null ? (
        <Deliberate
          title="Take it away"
          means="Codes of this app are good for nothing then."
          done="The authenticator app is taken away"
          act={(reason) => center.ask({ method: 'DELETE', path: '/v1/me/totp', reason, answer: NothingSchema })}
        />
      ) : begun ? (
        <Confirm
          begun={begun}
          onConfirmed={(made) => {
            setBegun(null);
            setCodes(made);
            // Where codes are shown they take it from here.
            section.current?.focus();
            // Who one is has become more: what waited for the factor opens.
            void lookWho();
          }}
          onLeave={() => setBegun(null)}
        />
      ) : (
        <Form
          label="Set up an authenticator app"
          deed={deed}
          submit="Set up an authenticator app"
          onSubmit={() =>
            deed.run(
              () => center.ask({ path: '/v1/me/totp', body: {}, answer: TotpBeginOutSchema }),
              (value) => {
                setBegun(value);
                return 'The secret of the authenticator app is shown once';
              },
            )
          }
        />
      )}
    </section>
  );
}

function Confirm({
  begun,
  onConfirmed,
  onLeave,
}: {
  readonly begun: Begun;
  readonly onConfirmed: (codes: readonly string[] | null) => void;
  readonly onLeave: () => void;
}): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const [code, setCode] = useState('');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('input')?.focus(), []);
  return (
    <div ref={box} className="strip strip-accent stack">
      <p>Scan this with the app, or type the secret into it. Then type the six digits that it shows.</p>
      <div className="qr-line">
        <QrCode svg={begun.qr} />
        <p className="secret secret-small">{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
      </div>
      <Form
        label="Confirm the authenticator app"
        deed={deed}
        submit="Confirm"
        onLeave={onLeave}
        onSubmit={() =>
          deed.run(
            () => center.ask({ path: '/v1/me/totp/confirm', body: { code }, answer: FactorAddedOutSchema }),
            ({ recoveryCodes }) => {
              onConfirmed(recoveryCodes);
              return 'The authenticator app is set up';
            },
          )
        }
      >
        <TextField
          name="code"
          label="Six digits"
          value={code}
          onChange={setCode}
          autoComplete="one-time-code"
          inputMode="numeric"
        />
      </Form>
    </div>
  );
}

/** The center's SVG as a picture: drawn by the browser as an image, so nothing in it can run. */
function QrCode({ svg }: { readonly svg: string }): ReactNode {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return url === null ? null : <img className="qr" src={url} alt="QR code of the secret at its right" />;
}
